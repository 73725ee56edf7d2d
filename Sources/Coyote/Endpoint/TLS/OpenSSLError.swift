import COpenSSL

/// What OpenSSL's error queue of this thread holds, taken out of it.
struct OpenSSLError: Error, CustomStringConvertible {
    /// Longest text of one entry.
    private static let textMaximum = 256

    let description: String

    /// `nil` if the queue holds nothing.
    init?() {
        var texts: [String] = []
        while case let code = ERR_get_error(), code != 0 {
            var text = [CChar](repeating: 0, count: Self.textMaximum)
            ERR_error_string_n(code, &text, text.count)
            let entry = String(latin1: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
            if !texts.contains(entry) { texts.append(entry) }
        }
        guard !texts.isEmpty else { return nil }
        self.description = texts.joined(separator: "; ")
    }

    /// A configuration error that names an attribute and what OpenSSL says of it.
    static func configuration(_ attribute: String, _ value: String, _ problem: String) -> CoyoteError {
        CoyoteError(.configuration, "\(attribute)=\"\(value)\": \(problem)", cause: OpenSSLError())
    }
}
