/// Looks into the first bytes of a TLS connection for the host name that the client wants.
///
/// Reading it before the handshake starts lets every attribute of a host's configuration apply, not only its
/// certificate.
/// Shape: records of `22, version (2), length (2)`, whose payloads together start with
/// `1, length (3), version (2), random (32), session id <1>, cipher suites <2>, compression <1>, extensions <2>`;
/// `<n>` is a vector behind an n-byte length.
/// Source: RFC 8446 §4.1.2, §5.1, RFC 6066 §3 | Tomcat counterpart: `org.apache.tomcat.util.net.TLSClientHelloExtractor`.
enum ClientHello: Equatable {
    /// More must arrive.
    case incomplete
    /// The client does not speak TLS but may well speak HTTP.
    case plainText
    /// A ClientHello, or something that only the TLS library can judge; the name is nil where there is none.
    case hello(serverName: String?)

    private static let handshakeRecord: UInt8 = 22
    private static let clientHelloMessage: UInt8 = 1
    private static let serverNameExtension = 0
    private static let hostNameType: UInt8 = 0
    private static let recordHeaderSize = 5
    private static let messageHeaderSize = 4

    /// - Parameters:
    ///   - bytes: all that has arrived.
    ///   - limit: bytes to wait for at most; beyond them the hello counts as one without a name.
    init(_ bytes: UnsafeRawBufferPointer, limit: Int) {
        guard let first = bytes.first else {
            self = .incomplete
            return
        }
        guard first == Self.handshakeRecord else {
            self = first.isAlpha ? .plainText : .hello(serverName: nil)
            return
        }
        var message: [UInt8] = []
        var position = 0
        while position + Self.recordHeaderSize <= bytes.count, bytes[position] == Self.handshakeRecord {
            let length = Int(bytes[position + 3]) << 8 | Int(bytes[position + 4])
            let start = position + Self.recordHeaderSize
            message += bytes[start..<min(start + length, bytes.count)]
            position = start + length
            guard let size = Self.messageSize(message) else { continue }
            guard message.count < size else {
                self = .hello(serverName: Self.serverName(Array(message[Self.messageHeaderSize..<size])))
                return
            }
        }
        self =
            bytes.count < limit && (message.isEmpty || message[0] == Self.clientHelloMessage)
            ? .incomplete : .hello(serverName: nil)
    }

    /// Header and body of the message; nil before the header is complete.
    private static func messageSize(_ message: [UInt8]) -> Int? {
        guard message.count >= Self.messageHeaderSize else { return nil }
        guard message[0] == Self.clientHelloMessage else { return Self.messageHeaderSize }
        return Self.messageHeaderSize + Int(message[1]) << 16 + Int(message[2]) << 8 + Int(message[3])
    }

    private static func serverName(_ body: [UInt8]) -> String? {
        var reader = Reader(bytes: body)
        reader.skip(2 + 32)
        reader.skip(reader.length(1))
        reader.skip(reader.length(2))
        reader.skip(reader.length(1))
        let extensionsSize = reader.length(2)
        let end = reader.position + extensionsSize
        while reader.position + 4 <= min(end, body.count) {
            let type = reader.length(2)
            let size = reader.length(2)
            guard type == Self.serverNameExtension else {
                reader.skip(size)
                continue
            }
            reader.skip(2)
            guard reader.length(1) == Int(Self.hostNameType) else { return nil }
            let count = reader.length(2)
            return reader.text(count)?.asciiLowercased
        }
        return nil
    }

    /// Reads big-endian numbers and skips; beyond the end everything is zero.
    private struct Reader {
        let bytes: [UInt8]
        private(set) var position = 0

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        mutating func skip(_ count: Int) { self.position += count }

        mutating func length(_ size: Int) -> Int {
            var number = 0
            for index in self.position..<(self.position + size) {
                number = number << 8 | (index < self.bytes.count ? Int(self.bytes[index]) : 0)
            }
            self.position += size
            return number
        }

        func text(_ count: Int) -> String? {
            guard count > 0, self.position + count <= self.bytes.count else { return nil }
            return String(latin1: self.bytes[self.position..<(self.position + count)])
        }
    }
}
