package import JavaSerialization

/// A Swift value that has a counterpart in Java's library, so that any node can hold it.
///
/// | Swift | Java |
/// |---|---|
/// | `String`, `Bool`, `Double`, `Float` | `String`, `Boolean`, `Double`, `Float` |
/// | `Int8`, `Int16`, `Int32`, `Int`, `Int64` | `Byte`, `Short`, `Integer`, `Long`, `Long` |
/// | `UInt8`, `UInt16`, `UInt32`, `UInt`, `UInt64` | the next larger; `BigInteger` above a `long` |
/// | `[UInt8]`, `[Int32]`, `[Int]`, `[Double]`, … | `byte[]`, `int[]`, `long[]`, `double[]`, … |
/// | other arrays, sets, dictionaries | `ArrayList`, `HashSet`, `HashMap` of what their elements are |
///
/// A number that comes from Java is the Swift type of its line; a `Long` is an `Int`. Other types that are `Encodable`
/// travel as ``CodableValue`` says.
protocol JavaConvertible {
    /// The value as Java has it; nil if it holds something that Java has not.
    var javaValue: JavaValue? { get }
}

enum SessionValue {
    /// The value as Java has it; nil for one that cannot leave this process.
    static func java(_ value: any Sendable) -> JavaValue? {
        // Asked first, as most values are texts: whether a type conforms to a protocol is looked up in tables.
        if let text = value as? String { return .string(text) }
        if let value = value as? any JavaConvertible, let java = value.javaValue { return java }
        return (value as? any Encodable).flatMap { CodableValue.java($0) }
    }

    /// Keeps the class of the number that stood there before, where the new one fits into it.
    static func java(_ value: any Sendable, replacing old: JavaValue?) -> JavaValue? {
        let new = Self.java(value)
        guard case .long(let number)? = new, let old else { return new }
        switch old {
        case .int: return Int32(exactly: number).map { .int($0) } ?? new
        case .short: return Int16(exactly: number).map { .short($0) } ?? new
        case .byte: return Int8(exactly: number).map { .byte($0) } ?? new
        default: return new
        }
    }

    /// The value as a servlet gets it; a ``ForeignValue`` if Swift has no counterpart.
    static func swift(_ value: JavaValue) -> any Sendable {
        switch value {
        case .string(let text): return text
        case .boolean(let flag): return flag
        case .byte(let number): return number
        case .short(let number): return number
        case .int(let number): return number
        case .long(let number): return Int(number)
        case .float(let number): return number
        case .double(let number): return number
        case .character(let unit):
            guard let scalar = Unicode.Scalar(unit) else { return ForeignValue(value) }
            return Character(scalar)
        case .primitives(let primitives): return Self.swift(primitives)
        case .list(let list): return Self.array(list.elements) ?? ForeignValue(value)
        case .array(let array): return Self.array(array.elements) ?? ForeignValue(value)
        case .set(let set): return Self.set(set.elements) ?? ForeignValue(value)
        case .map(let map): return Self.dictionary(map.entries) ?? ForeignValue(value)
        default: return ForeignValue(value)
        }
    }

    private static func swift(_ primitives: JavaPrimitives) -> any Sendable {
        switch primitives {
        case .booleans(let values): values
        case .bytes(let values): values
        case .characters(let values): values
        case .shorts(let values): values
        case .ints(let values): values
        case .longs(let values): values.map { Int($0) }
        case .floats(let values): values
        case .doubles(let values): values
        }
    }

    private static func array(_ elements: [JavaValue]) -> (any Sendable)? {
        if elements.contains(.null) { return nil }
        let strings = elements.compactMap(\.string)
        if !elements.isEmpty, strings.count == elements.count { return strings }
        return elements.map { Self.swift($0) } as [any Sendable]
    }

    private static func set(_ elements: [JavaValue]) -> (any Sendable)? {
        let strings = elements.compactMap(\.string)
        if strings.count == elements.count { return Set(strings) }
        let numbers = elements.compactMap(\.long)
        return numbers.count == elements.count ? Set(numbers.map { Int($0) }) : nil
    }

    private static func dictionary(_ entries: [JavaMap.Entry]) -> (any Sendable)? {
        var result: [String: any Sendable] = [:]
        for entry in entries {
            guard let key = entry.key.string, !entry.value.isNull else { return nil }
            result[key] = Self.swift(entry.value)
        }
        return result
    }
}

/// A value of a Java class that Swift has no counterpart of, carried as it came.
///
/// It shows as its class's name; stored in a session again it is the same object for Java.
package struct ForeignValue: Sendable, Equatable, CustomStringConvertible {
    package let java: JavaValue

    package init(_ java: JavaValue) { self.java = java }

    package var description: String { self.java.className ?? "null" }
}

extension ForeignValue: JavaConvertible { var javaValue: JavaValue? { self.java } }
extension JavaValue: JavaConvertible { var javaValue: JavaValue? { self } }
extension String: JavaConvertible { var javaValue: JavaValue? { .string(self) } }
extension Substring: JavaConvertible { var javaValue: JavaValue? { .string(String(self)) } }
extension Bool: JavaConvertible { var javaValue: JavaValue? { .boolean(self) } }
extension Int8: JavaConvertible { var javaValue: JavaValue? { .byte(self) } }
extension Int16: JavaConvertible { var javaValue: JavaValue? { .short(self) } }
extension Int32: JavaConvertible { var javaValue: JavaValue? { .int(self) } }
extension Int64: JavaConvertible { var javaValue: JavaValue? { .long(self) } }
extension Int: JavaConvertible { var javaValue: JavaValue? { .long(Int64(self)) } }
extension UInt8: JavaConvertible { var javaValue: JavaValue? { .short(Int16(self)) } }
extension UInt16: JavaConvertible { var javaValue: JavaValue? { .int(Int32(self)) } }
extension UInt32: JavaConvertible { var javaValue: JavaValue? { .long(Int64(self)) } }
extension UInt: JavaConvertible { var javaValue: JavaValue? { UInt64(self).javaValue } }
extension Float: JavaConvertible { var javaValue: JavaValue? { .float(self) } }
extension Double: JavaConvertible { var javaValue: JavaValue? { .double(self) } }

extension UInt64: JavaConvertible {
    var javaValue: JavaValue? {
        if let number = Int64(exactly: self) { return .long(number) }
        let magnitude = withUnsafeBytes(of: self.bigEndian) { [UInt8]($0.drop { $0 == 0 }) }
        return .bigInteger(JavaBigInteger(signum: 1, magnitude: magnitude))
    }
}

extension Character: JavaConvertible {
    var javaValue: JavaValue? {
        let units = Array(String(self).utf16)
        return units.count == 1 ? .character(units[0]) : .string(String(self))
    }
}

extension Optional: JavaConvertible {
    var javaValue: JavaValue? {
        guard let value = self else { return .null }
        return (value as? any JavaConvertible)?.javaValue
    }
}

extension Array: JavaConvertible {
    var javaValue: JavaValue? {
        if let primitives = self.javaPrimitives { return .primitives(primitives) }
        return self.javaValues.map { .arrayList($0) }
    }

    /// The array as one of Java's arrays of primitives, if it is one of exactly such elements.
    private var javaPrimitives: JavaPrimitives? {
        switch self {
        case let values as [UInt8] where Element.self == UInt8.self: .bytes(values)
        case let values as [Int] where Element.self == Int.self: .longs(values.map { Int64($0) })
        case let values as [Int64] where Element.self == Int64.self: .longs(values)
        case let values as [Int32] where Element.self == Int32.self: .ints(values)
        case let values as [Int16] where Element.self == Int16.self: .shorts(values)
        case let values as [UInt16] where Element.self == UInt16.self: .characters(values)
        case let values as [Double] where Element.self == Double.self: .doubles(values)
        case let values as [Float] where Element.self == Float.self: .floats(values)
        case let values as [Bool] where Element.self == Bool.self: .booleans(values)
        default: nil
        }
    }
}

extension Set: JavaConvertible {
    var javaValue: JavaValue? { self.javaValues.map { .set(JavaSet(.hashSet, $0)) } }
}

extension Dictionary: JavaConvertible {
    var javaValue: JavaValue? {
        var entries: [JavaMap.Entry] = []
        entries.reserveCapacity(self.count)
        for (key, value) in self {
            guard let key = (key as? any JavaConvertible)?.javaValue,
                let value = (value as? any JavaConvertible)?.javaValue
            else { return nil }
            entries.append(JavaMap.Entry(key, value))
        }
        return .hashMap(entries)
    }
}

extension Sequence {
    /// The elements as Java has them; nil if it does not have one of them.
    fileprivate var javaValues: [JavaValue]? {
        var values: [JavaValue] = []
        for element in self {
            guard let value = (element as? any JavaConvertible)?.javaValue else { return nil }
            values.append(value)
        }
        return values
    }
}
