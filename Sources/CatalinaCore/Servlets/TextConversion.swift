import Coyote

/// Turns the bytes of a text file into those of another charset.
///
/// Tomcat counterpart: `DefaultServlet.processBom` and the copying behind it.
struct TextConversion: Equatable {
    var fileEncoding: Charset
    var mark: DefaultServlet.Configuration.ByteOrderMark

    /// Makes the bytes of an answer.
    ///
    /// - Parameters:
    ///   - bytes: the file's.
    ///   - target: the charset of the answer; `nil` leaves them as they are but for the mark.
    /// - Returns: the bytes to be sent.
    func convert(_ bytes: [UInt8], to target: Charset?) -> [UInt8] {
        let (body, charset) = self.split(bytes)
        guard let target else { return Array(body) }
        guard target != charset || charset == .utf16 else { return Array(body) }
        return target.encode(charset.decode(Array(body)))
    }

    /// The file's text.
    func text(_ bytes: [UInt8]) -> String {
        let (body, charset) = self.split(bytes)
        return charset.decode(Array(body))
    }

    private func split(_ bytes: [UInt8]) -> (body: ArraySlice<UInt8>, charset: Charset) {
        guard self.mark != .passThrough, let found = Self.mark(of: bytes) else {
            return (bytes[...], self.fileEncoding)
        }
        return (bytes[found.length...], self.mark == .use ? found.charset : self.fileEncoding)
    }

    /// The charset that the first bytes stand for, and how many they are.
    static func mark(of bytes: [UInt8]) -> (charset: Charset, length: Int)? {
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { return (charset: .utf8, length: 3) }
        if bytes.starts(with: [0xfe, 0xff]) { return (charset: .utf16BE, length: 2) }
        if bytes.starts(with: [0xff, 0xfe]) { return (charset: .utf16LE, length: 2) }
        return nil
    }
}
