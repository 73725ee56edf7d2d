/// The value of a bean's attribute, as a management client sees it.
package indirect enum BeanValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// A Java `int`.
    case int(Int)
    /// A Java `long`.
    case long(Int64)
    case double(Double)
    case string(String)
    case objectName(ObjectName)
    /// Items of one Java type, named as `java.lang.String`.
    case array(type: String, [BeanValue])
    /// Named values in a fixed order, as a memory pool's usage.
    case composite([Item])
    /// Rows of one composite type.
    case table(type: String, [BeanValue])

    /// One named value of a composite.
    package struct Item: Sendable, Equatable {
        package let name: String
        package let value: BeanValue

        package init(_ name: String, _ value: BeanValue) {
            self.name = name
            self.value = value
        }
    }

    package static func strings(_ items: [String]) -> BeanValue {
        .array(type: "java.lang.String", items.map { .string($0) })
    }

    package static func objectNames(_ names: [ObjectName]) -> BeanValue {
        .array(type: "javax.management.ObjectName", names.map { .objectName($0) })
    }

    /// The value as Java prints it; an array's items are joined by commas within brackets.
    package var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .long(let value): String(value)
        case .double(let value): value.javaText
        case .string(let value): value
        case .objectName(let name): name.description
        case .array(_, let items), .table(_, let items): "[" + items.map(\.text).joined(separator: ", ") + "]"
        case .composite(let items):
            "{" + items.map { "\($0.name)=\($0.value.text)" }.joined(separator: ", ") + "}"
        }
    }

    /// The value as a metric: numbers as they are, booleans as 0 and 1, all else nil.
    package var number: Double? {
        switch self {
        case .bool(let value): value ? 1 : 0
        case .int(let value): Double(value)
        case .long(let value): Double(value)
        case .double(let value): value
        case .null, .string, .objectName, .array, .composite, .table: nil
        }
    }
}

/// A type whose values can be shown by a bean.
package protocol BeanRepresentable: Sendable {
    var beanValue: BeanValue { get }
}

extension BeanValue: BeanRepresentable {
    package var beanValue: BeanValue { self }
}

extension ObjectName: BeanRepresentable {
    package var beanValue: BeanValue { .objectName(self) }
}

extension Optional: BeanRepresentable where Wrapped: BeanRepresentable {
    package var beanValue: BeanValue { self?.beanValue ?? .null }
}

extension Array: BeanRepresentable where Element == String {
    package var beanValue: BeanValue { .strings(self) }
}

extension Double {
    /// The number as Java's `Double.toString` prints it: `1.0`, `1.0E7`, `9.9E-4`.
    package var javaText: String {
        guard self.isFinite else { return self.isNaN ? "NaN" : self < 0 ? "-Infinity" : "Infinity" }
        guard self != 0 else { return self.sign == .minus ? "-0.0" : "0.0" }
        let (digits, exponent) = self.magnitude.decimalDigits
        let sign = self < 0 ? "-" : ""
        if (-3..<7).contains(exponent) {
            return sign + Self.plain(digits: digits, exponent: exponent)
        }
        let fraction = digits.count > 1 ? String(decoding: digits.dropFirst(), as: UTF8.self) : "0"
        return sign + String(decoding: digits.prefix(1), as: UTF8.self) + "." + fraction + "E\(exponent)"
    }

    /// The shortest digits that read back as this number, and the power of ten of the first one.
    private var decimalDigits: (digits: [UInt8], exponent: Int) {
        let text = self.description.utf8
        var exponent = 0
        var digits: [UInt8] = []
        var seenPoint = false
        if let mark = text.firstIndex(of: UInt8(ascii: "e")) {
            exponent = Int(String(text[text.index(after: mark)...]) ?? "") ?? 0
        }
        for byte in text {
            if byte == UInt8(ascii: "e") { break }
            if byte == UInt8(ascii: ".") {
                seenPoint = true
            } else {
                digits.append(byte)
                if !seenPoint { exponent += 1 }
            }
        }
        while digits.count > 1, digits.first == UInt8(ascii: "0") {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.count > 1, digits.last == UInt8(ascii: "0") {
            digits.removeLast()
        }
        return (digits, exponent - 1)
    }

    private static func plain(digits: [UInt8], exponent: Int) -> String {
        if exponent < 0 {
            let zeros = String(repeating: "0", count: -exponent - 1)
            return "0." + zeros + String(decoding: digits, as: UTF8.self)
        }
        let whole = digits.prefix(exponent + 1)
        let padding = String(repeating: "0", count: exponent + 1 - whole.count)
        let fraction = digits.dropFirst(exponent + 1)
        let tail = fraction.isEmpty ? "0" : String(decoding: fraction, as: UTF8.self)
        return String(decoding: whole, as: UTF8.self) + padding + "." + tail
    }
}
