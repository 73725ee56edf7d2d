import COpenSSL
import Glibc

/// A file that a TLS attribute names.
struct TLSFile {
    /// First bytes of Java's own keystore formats.
    private static let javaKeystoreMagics: [[UInt8]] = [[0xFE, 0xED, 0xFE, 0xED], [0xCE, 0xCE, 0xCE, 0xCE]]
    /// Larger files are no certificates.
    private static let sizeMaximum = 16 * 1024 * 1024

    let attribute: String
    let path: String
    let bytes: [UInt8]

    /// - Throws: ``CoyoteError`` `configuration`, naming attribute, file and the system's reason.
    init(_ attribute: String, _ path: String) throws(CoyoteError) {
        self.attribute = attribute
        self.path = path
        guard let file = fopen(path, "re") else {
            throw CoyoteError(.configuration, "\(attribute)=\"\(path)\": \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0, bytes.count < Self.sizeMaximum {
            bytes += chunk[..<count]
        }
        guard ferror(file) == 0 else {
            throw CoyoteError(.configuration, "\(attribute)=\"\(path)\": \(String(cString: strerror(errno)))")
        }
        self.bytes = bytes
    }

    /// The first line, as password files hold it.
    var firstLine: String {
        String(decoding: self.bytes.prefix { $0 != ASCII.lineFeed && $0 != ASCII.carriageReturn }, as: UTF8.self)
    }

    var isPEM: Bool { self.contains("-----BEGIN") }

    func requireNotJKS() throws(CoyoteError) {
        guard !Self.javaKeystoreMagics.contains(where: { self.bytes.starts(with: $0) }) else {
            throw CoyoteError(
                .configuration,
                "\(self.attribute)=\"\(self.path)\" is a keystore of Java's own kind (JKS), which OpenSSL cannot read; "
                    + "convert it once with: keytool -importkeystore -srckeystore \(self.path) "
                    + "-destkeystore \(self.path).p12 -deststoretype PKCS12, and name the new file"
            )
        }
    }

    /// Lends the content as a BIO.
    func withBIO<Result>(_ body: (OpaquePointer) throws(CoyoteError) -> Result) throws(CoyoteError) -> Result {
        guard let bio = BIO_new(BIO_s_mem()) else { throw self.problem("out of memory") }
        defer { BIO_free(bio) }
        BIO_write(bio, self.bytes, Int32(self.bytes.count))
        return try body(bio)
    }

    /// Whether a text stands in the file.
    func contains(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        return self.bytes.indices.contains { index in
            self.bytes[index] == wanted[0] && self.bytes[index...].starts(with: wanted)
        }
    }

    /// Whether the file begins as binary keystores and certificates do.
    var isBinary: Bool { self.bytes.first == 0x30 && !self.isPEM }

    /// A problem of which OpenSSL knows nothing more.
    func plainProblem(_ text: String) -> CoyoteError {
        ERR_clear_error()
        return CoyoteError(.configuration, "\(self.attribute)=\"\(self.path)\" \(text)")
    }

    func problem(_ text: String) -> CoyoteError {
        OpenSSLError.configuration(self.attribute, self.path, text)
    }
}
