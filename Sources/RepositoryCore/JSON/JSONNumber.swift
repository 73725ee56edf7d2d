/// A JSON number as it was spelt.
package struct JSONNumber: Sendable, Hashable {
    /// Text that satisfies the grammar of RFC 8259 §6.
    package let text: String

    package init(_ value: Int64) { self.text = String(value) }

    /// The finite value in its shortest spelling; infinities and NaN have none in JSON and become 0.
    package init(_ value: Double) {
        if value == value.rounded(), abs(value) < 1e15 {
            self.text = String(Int64(value))
        } else {
            self.text = value.isFinite ? "\(value)" : "0"
        }
    }

    /// The parser has checked the text.
    init(checked text: String) { self.text = text }

    /// The value exactly.
    package var decimal: JSONDecimal { JSONDecimal(self.text) }

    /// Whether the spelling has neither fraction nor exponent.
    package var isSpeltAsInteger: Bool {
        self.text.utf8.allSatisfy { $0 == UInt8(ascii: "-") || (48...57).contains($0) }
    }

    /// The integer that this number is exactly (`1`, `1.0`, `1e3`), if it fits.
    package var int64: Int64? { Int64(self.text) ?? self.decimal.int64 }

    package var double: Double { Double(self.text) ?? 0 }
}
