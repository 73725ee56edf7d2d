/// Numbers that stand for longer things, the same on every node and in every process.
///
/// Things with one number are the same but for rare accidents; who wants to can make such accidents happen. Inlined
/// elsewhere, since thousands are made at a time.
package enum Fingerprint {
    /// The fingerprint of a text.
    ///
    /// Source: FNV-1a.   Complexity: O(n).
    @inlinable package static func text(_ text: String) -> UInt64 {
        var text = text
        return text.withUTF8 { bytes in
            bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        }
    }

    /// A fingerprint that takes in another number; the order counts.
    @inlinable package static func mix(_ print: UInt64, _ number: UInt64) -> UInt64 {
        let product = (print ^ number.byteSwapped).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return product.high ^ product.low ^ number &* 0xff51_afd7_ed55_8ccd
    }
}
