import JavaSerialization

/// Values of an application's own types, as values of Java's library that any node can hold.
///
/// A struct is a `LinkedHashMap` of its fields, an array an `ArrayList`; a date, bytes and a UUID of Foundation are
/// `Date`, `byte[]` and `UUID`. So a Java application can look into what a Swift one stored, and a Swift one gets its
/// own type back by asking for it.
enum CodableValue {
    /// Containers within containers that are written or read.
    static let nestingMaximum = 64

    /// What of Foundation has a counterpart in Java; told by name, since this module does without Foundation.
    enum Known {
        case date
        case data
        case uuid

        init?(_ type: Any.Type) {
            switch String(reflecting: type) {
            case "Foundation.Date", "FoundationEssentials.Date": self = .date
            case "Foundation.Data", "FoundationEssentials.Data": self = .data
            case "Foundation.UUID", "FoundationEssentials.UUID": self = .uuid
            default: return nil
            }
        }
    }

    /// Seconds from 1970 to 2001, from where Foundation counts.
    static let referenceDate: Double = 978_307_200

    /// The value as Java has it; nil if it does not want to be written.
    static func java(_ value: any Encodable) -> JavaValue? {
        do { return try Self.encode(value, depth: 0) } catch { return nil }
    }

    static func encode(_ value: any Encodable, depth: Int) throws -> JavaValue {
        guard depth < Self.nestingMaximum else { throw SessionCodingError.nesting }
        if let value = value as? any JavaConvertible, let java = value.javaValue { return java }
        let encoder = SessionEncoder(depth: depth)
        try value.encode(to: encoder)
        let plain = try encoder.box.value()
        switch (Known(type(of: value)), plain) {
        case (.date, .double(let seconds)):
            let milliseconds = ((seconds + Self.referenceDate) * 1000).rounded()
            return Int64(exactly: milliseconds).map { .date($0) } ?? plain
        case (.data, .list(let list)):
            let bytes = list.elements.compactMap { element -> UInt8? in
                guard case .short(let number) = element else { return nil }
                return UInt8(exactly: number)
            }
            return bytes.count == list.elements.count ? .bytes(bytes) : plain
        case (.uuid, .string(let text)): return JavaUUID(text: text).map { .uuid($0) } ?? plain
        default: return plain
        }
    }

    /// The value as a type of the application; nil if it is none of that type.
    static func swift<Value>(_ java: JavaValue, as type: Value.Type) -> Value? {
        if let value = SessionValue.swift(java) as? Value { return value }
        guard let type = type as? any Decodable.Type else { return nil }
        do { return try Self.decode(java, as: type, depth: 0) as? Value } catch { return nil }
    }

    static func decode<Value: Decodable>(_ java: JavaValue, as type: Value.Type, depth: Int) throws -> Value {
        guard depth < Self.nestingMaximum else { throw SessionCodingError.nesting }
        var plain = java.expanded
        switch (Known(type), plain) {
        case (.date, .date(let milliseconds)):
            plain = .double(Double(milliseconds) / 1000 - Self.referenceDate)
        case (.data, .primitives(.bytes(let bytes))): plain = .arrayList(bytes.map { .short(Int16($0)) })
        case (.uuid, .uuid(let uuid)): plain = .string(uuid.text)
        case (nil, _):
            if let value = SessionValue.swift(plain) as? Value { return value }
        default: break
        }
        return try Value(from: SessionDecoder(value: plain, depth: depth))
    }
}

/// Why a value cannot be written or read as a type of the application.
enum SessionCodingError: Error {
    case nesting
    case empty
    case mismatch
}

extension JavaUUID {
    /// As hexadecimal digits with hyphens.
    fileprivate init?(text: String) {
        let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
        guard digits.count == 32,
            let most = UInt64(String(decoding: digits[..<16], as: UTF8.self), radix: 16),
            let least = UInt64(String(decoding: digits[16...], as: UTF8.self), radix: 16)
        else { return nil }
        self.init(mostSignificant: Int64(bitPattern: most), leastSignificant: Int64(bitPattern: least))
    }

    fileprivate var text: String {
        func hex(_ number: Int64) -> [Character] {
            let text = String(UInt64(bitPattern: number), radix: 16, uppercase: true)
            return Array(String(repeating: "0", count: 16 - text.count) + text)
        }
        let digits = hex(self.mostSignificant) + hex(self.leastSignificant)
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }
}
