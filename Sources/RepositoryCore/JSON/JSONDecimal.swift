/// The exact value of a JSON number: sign × 0.d₁d₂… × 10^point, without leading or trailing zeros.
///
/// Comparing and dividing work on digits, so neither `9007199254740993` nor `1e400` loses anything.
package struct JSONDecimal: Sendable, Hashable {
    package let isNegative: Bool
    /// Digits 0…9, most significant first; empty for zero.
    package let digits: [UInt8]
    /// Position of the decimal point relative to the first digit.
    package let point: Int

    /// Exponents beyond this are taken as this, so that arithmetic on them cannot overflow.
    private static let exponentMaximum = 1 << 40

    /// - Parameter text: a number in JSON's grammar.
    init(_ text: String) {
        var digits: [UInt8] = []
        var point = 0
        var isNegative = false
        var hasPoint = false
        var exponent = 0
        var bytes = text.utf8.makeIterator()
        while let byte = bytes.next() {
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): hasPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"): exponent = Self.exponent(&bytes)
            default:
                if !hasPoint { point += 1 }
                digits.append(byte - 48)
            }
        }
        let leading = digits.prefix { $0 == 0 }.count
        digits.removeFirst(leading)
        while digits.last == 0 { digits.removeLast() }
        self.digits = digits
        self.isNegative = isNegative && !digits.isEmpty
        self.point = digits.isEmpty ? 0 : point - leading + exponent
    }

    private static func exponent(_ bytes: inout String.UTF8View.Iterator) -> Int {
        var isNegative = false
        var value = 0
        while let byte = bytes.next() {
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "+"): break
            default: value = min(value * 10 + Int(byte - 48), Self.exponentMaximum)
            }
        }
        return isNegative ? -value : value
    }

    package var isZero: Bool { self.digits.isEmpty }

    /// Whether the value has no fraction.
    package var isInteger: Bool { self.digits.count <= self.point || self.isZero }

    package var int64: Int64? {
        guard self.isInteger, self.point <= 19 else { return nil }
        var value: Int128 = 0
        for position in 0..<self.point {
            value = value * 10 + Int128(position < self.digits.count ? self.digits[position] : 0)
        }
        return Int64(exactly: self.isNegative ? -value : value)
    }

    /// Whether this is an integral multiple of another number; nothing is a multiple of zero.
    package func isMultiple(of divisor: JSONDecimal) -> Bool {
        guard !self.isZero else { return true }
        guard !divisor.isZero else { return false }
        // Both as integers times a power of ten; trailing zeros are gone, so a larger power of ten in
        // the divisor can never divide.
        let shift = (self.point - self.digits.count) - (divisor.point - divisor.digits.count)
        guard shift >= 0 else { return false }
        // 37 digits times ten still fit; beyond that a remainder in binary floating point has to do.
        guard divisor.digits.count <= 37 else { return self.digits == divisor.digits }
        let modulus = divisor.digits.reduce(UInt128(0)) { $0 * 10 + UInt128($1) }
        var rest = self.digits.reduce(UInt128(0)) { ($0 * 10 + UInt128($1)) % modulus }
        // A modulus below 2^128 holds fewer than 128 factors of two or five: more zeros change nothing.
        for _ in 0..<min(shift, 128) { rest = rest * 10 % modulus }
        return rest == 0
    }

    /// The value as ECMAScript prints it, from the exact digits: `1e+21`, `1e-7`, `0` for zero.
    package var ecmaScriptText: String {
        guard !self.isZero else { return "0" }
        let sign = self.isNegative ? "-" : ""
        let digits = String(decoding: self.digits.map { $0 + 48 }, as: UTF8.self)
        let count = self.digits.count
        if count <= self.point, self.point <= 21 {
            return sign + digits + String(repeating: "0", count: self.point - count)
        }
        if self.point > 0, self.point <= 21 {
            return sign + digits.prefix(self.point) + "." + digits.dropFirst(self.point)
        }
        if self.point > -6, self.point <= 0 {
            return sign + "0." + String(repeating: "0", count: -self.point) + digits
        }
        let exponent = self.point - 1
        let fraction = count > 1 ? "." + digits.dropFirst() : ""
        return sign + digits.prefix(1) + fraction + "e" + (exponent < 0 ? "-" : "+") + String(abs(exponent))
    }
}

extension JSONDecimal: Comparable {
    package static func < (left: JSONDecimal, right: JSONDecimal) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? right.hasSmallerMagnitude(than: left) : left.hasSmallerMagnitude(than: right)
    }

    private func hasSmallerMagnitude(than other: JSONDecimal) -> Bool {
        if self.isZero || other.isZero { return self.isZero && !other.isZero }
        if self.point != other.point { return self.point < other.point }
        return self.digits.lexicographicallyPrecedes(other.digits)
    }
}
