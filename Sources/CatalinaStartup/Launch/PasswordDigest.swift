import CatalinaCore
import Coyote
import Glibc
import Modeler

/// `digest.sh`: prints passwords as a realm's credential handler stores them, `PASSWORD:STORED`, a line each.
///
/// Source: `org.apache.catalina.realm.RealmBase.main` | differs from it in: an unknown algorithm, encoding or handler
/// is an error instead of being replaced by a default.
enum PasswordDigest {
    private static let usage =
        "Usage: digest.sh [-a <algorithm>] [-e <encoding>] [-i <iterations>] [-s <salt-length>] [-k <key-length>]"
        + " [-h <handler-class-name>] [-f <file>|-] [--] <password>..."

    /// Carries out the command.
    ///
    /// - Returns: what the process exits with.
    static func run(_ arguments: [String]) -> Int32 {
        if arguments.isEmpty {
            StandardStreams.output(self.usage)
            return 0
        }
        do {
            let options = try Options(arguments)
            let handler = try options.handler()
            for password in try options.file.map(self.lines) ?? [] { try self.print(password, handler) }
            for password in options.passwords { try self.print(password, handler) }
            return 0
        } catch {
            StandardStreams.error(error.message)
            return 1
        }
    }

    /// What keeps the command from being carried out.
    struct Failure: Error {
        let message: String

        init(_ message: String) { self.message = message }
    }

    private static func print(_ password: String, _ handler: any CredentialHandler) throws(Failure) {
        guard let stored = handler.mutate(password) else {
            throw Failure("digest: nothing can be derived with these settings")
        }
        StandardStreams.output("\(password):\(stored)")
    }

    /// The lines of a file, or of standard input for `-`.
    private static func lines(of path: String) throws(Failure) -> [String] {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure("cannot stat '\(path)': \(String(cString: strerror(errno)))") }
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &block, block.count)
            guard count > 0 else { break }
            bytes += block[..<count]
        }
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { line in
            String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
        }
    }

    /// The command's arguments.
    private struct Options {
        var algorithm: String?
        var encoding = Charset.utf8
        var iterations: Int?
        var saltLength: Int?
        var keyLength: Int?
        var handlerClass: String?
        var file: String?
        var passwords: [String] = []

        init(_ arguments: [String]) throws(Failure) {
            var rest = arguments[...]
            while let option = rest.first, rest.count > 1, option.utf8.count == 2, option.hasPrefix("-") {
                rest = rest.dropFirst()
                if option == "--" { break }
                try self.set(option, rest.removeFirst())
            }
            self.passwords = Array(rest)
        }

        private mutating func set(_ option: String, _ value: String) throws(Failure) {
            switch option {
            case "-a": self.algorithm = value
            case "-e":
                guard let charset = Charset(name: value) else { throw Failure("digest: unknown encoding [\(value)]") }
                self.encoding = charset
            case "-i": self.iterations = try Self.number(value)
            case "-s": self.saltLength = try Self.number(value)
            case "-k": self.keyLength = try Self.number(value)
            case "-h": self.handlerClass = value
            case "-f": self.file = value
            default: throw Failure(PasswordDigest.usage)
            }
        }

        private static func number(_ text: String) throws(Failure) -> Int {
            guard let number = Int32(text) else { throw Failure("digest: [\(text)] is no number") }
            return Int(number)
        }

        /// The handler that is named, else the one that has the algorithm; SHA-512 if neither is given.
        func handler() throws(Failure) -> any CredentialHandler {
            switch self.handlerClass {
            case MessageDigestCredentialHandler.descriptor.className: return try self.messageDigest(self.algorithm)
            case SecretKeyCredentialHandler.descriptor.className: return try self.secretKey(self.algorithm)
            case let name?: throw Failure("digest: unknown credential handler [\(name)]")
            case nil: break
            }
            guard let algorithm = self.algorithm else { return try self.messageDigest("SHA-512") }
            if HashFunction(javaName: algorithm) != nil { return try self.messageDigest(algorithm) }
            return try self.secretKey(algorithm)
        }

        private func messageDigest(_ algorithm: String?) throws(Failure) -> any CredentialHandler {
            var configuration = MessageDigestCredentialHandler.Configuration()
            if let algorithm {
                guard let function = HashFunction(javaName: algorithm) else {
                    throw Failure("digest: unknown algorithm [\(algorithm)]")
                }
                configuration.algorithm = function
            }
            configuration.encoding = self.encoding
            self.apply(to: &configuration.salt)
            return MessageDigestCredentialHandler(configuration: configuration)
        }

        private func secretKey(_ algorithm: String?) throws(Failure) -> any CredentialHandler {
            var configuration = SecretKeyCredentialHandler.Configuration()
            if let algorithm {
                guard let derivation = SecretKeyCredentialHandler.Derivation(javaName: algorithm) else {
                    throw Failure("digest: unknown algorithm [\(algorithm)]")
                }
                configuration.algorithm = derivation
            }
            if let length = self.keyLength, length > 0 { configuration.keyLength = length }
            self.apply(to: &configuration.salt)
            return SecretKeyCredentialHandler(configuration: configuration)
        }

        private func apply(to settings: inout SaltSettings) {
            if let iterations = self.iterations, iterations > 0 { settings.iterations = iterations }
            if let length = self.saltLength, length >= 0 { settings.saltLength = length }
        }
    }
}
