/// Header bytes as error messages show them.
package enum HeaderText {
    /// The octets with every one outside printable ASCII written as `0xNN`.
    ///
    /// Tomcat counterpart: `org.apache.tomcat.util.http.parser.HttpHeaderParser`, `HeaderUtil.toPrintableString`.
    package static func printable(_ bytes: Span<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        for index in bytes.indices {
            let byte = bytes[index]
            if (0x20...0x7e).contains(byte) {
                text.append(byte)
            } else {
                text.append(contentsOf: [0x30, 0x78, self.hexDigit(byte >> 4), self.hexDigit(byte & 0x0f)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
