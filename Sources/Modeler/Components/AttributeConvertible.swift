/// The type of an attribute as an operator or a management client sees it.
package enum AttributeType: Sendable, Equatable {
    case bool
    case int
    case long
    case double
    case string
    /// Several strings, separated by commas in the file.
    case list
    /// One of a few words.
    case words([String])

    /// The Java type that a management client expects, as `int` or `java.lang.String`.
    package var javaName: String {
        switch self {
        case .bool: "boolean"
        case .int: "int"
        case .long: "long"
        case .double: "double"
        case .string, .words: "java.lang.String"
        case .list: "[Ljava.lang.String;"
        }
    }
}

/// Text that cannot become a value of the attribute's type.
package struct ConversionError: Error, Equatable {
    package let text: String
    package let expected: AttributeType

    package init(text: String, expected: AttributeType) {
        self.text = text
        self.expected = expected
    }
}

/// A type that an attribute of a configuration may have.
///
/// Conversions follow Tomcat's: only `true` (any case) is true, everything else is false; whole
/// numbers allow a sign, no blanks, and must fit the Java type (`Int` is a Java `int` of 32 bits,
/// `Int64` a Java `long`).
package protocol AttributeConvertible: BeanRepresentable {
    static var attributeType: AttributeType { get }

    init(attributeText: String) throws(ConversionError)
}

extension Bool: AttributeConvertible {
    package static var attributeType: AttributeType { .bool }

    package init(attributeText: String) {
        self = attributeText.utf8.count == 4 && attributeText.lowercased() == "true"
    }

    package var beanValue: BeanValue { .bool(self) }
}

extension Int: AttributeConvertible {
    package static var attributeType: AttributeType { .int }

    package init(attributeText: String) throws(ConversionError) {
        guard let value = Int32(attributeText) else {
            throw ConversionError(text: attributeText, expected: .int)
        }
        self = Int(value)
    }

    package var beanValue: BeanValue { .int(self) }
}

extension Int64: AttributeConvertible {
    package static var attributeType: AttributeType { .long }

    package init(attributeText: String) throws(ConversionError) {
        guard let value = Int64(attributeText, radix: 10) else {
            throw ConversionError(text: attributeText, expected: .long)
        }
        self = value
    }

    package var beanValue: BeanValue { .long(self) }
}

extension Double: AttributeConvertible {
    package static var attributeType: AttributeType { .double }

    package init(attributeText: String) throws(ConversionError) {
        guard let value = Double(attributeText) else {
            throw ConversionError(text: attributeText, expected: .double)
        }
        self = value
    }

    package var beanValue: BeanValue { .double(self) }
}

extension String: AttributeConvertible {
    package static var attributeType: AttributeType { .string }

    package init(attributeText: String) {
        self = attributeText
    }

    package var beanValue: BeanValue { .string(self) }
}

extension Optional: AttributeConvertible where Wrapped: AttributeConvertible {
    package static var attributeType: AttributeType { Wrapped.attributeType }

    package init(attributeText: String) throws(ConversionError) {
        self = try Wrapped(attributeText: attributeText)
    }
}

/// A comma separated list: blanks around an item and empty items are dropped.
extension Array: AttributeConvertible where Element == String {
    package static var attributeType: AttributeType { .list }

    package init(attributeText: String) {
        self = attributeText.split(separator: ",").map { $0.trimmingBlanks() }.filter { !$0.isEmpty }
    }
}

/// An enumeration of words becomes convertible by declaring `String`, `CaseIterable` and this protocol.
///
/// A word is matched exactly first, then without regard to case.
extension AttributeConvertible where Self: RawRepresentable & CaseIterable, RawValue == String {
    package static var attributeType: AttributeType { .words(Self.allCases.map(\.rawValue)) }

    package init(attributeText: String) throws(ConversionError) {
        if let exact = Self(rawValue: attributeText) {
            self = exact
            return
        }
        let word = attributeText.lowercased()
        guard let match = Self.allCases.first(where: { $0.rawValue.lowercased() == word }) else {
            throw ConversionError(text: attributeText, expected: Self.attributeType)
        }
        self = match
    }

    package var beanValue: BeanValue { .string(self.rawValue) }
}

extension StringProtocol {
    /// The text without spaces, tabs, line feeds and the other bytes up to 0x20 at its ends, as Java's `trim`.
    package func trimmingBlanks() -> String {
        var bytes = Substring(self).utf8
        while let first = bytes.first, first <= 0x20 { bytes.removeFirst() }
        while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
        return String(Substring(bytes))
    }
}
