import JavaSerialization
import NIOCore
import TestSupport
import Testing

@testable import CatalinaHA

/// A recorded message of a cluster: the object stream that a frame of `Tests/Vectors/tribes` carries.
struct Recording: Sendable, CustomTestStringConvertible {
    let name: String
    /// The body of the frame, or the whole file where it is no frame.
    let body: [UInt8]

    var testDescription: String { self.name }

    init(_ name: String) throws {
        self.name = name
        let hex = String(decoding: try Vectors.bytes("tribes/\(name).hex"), as: UTF8.self)
        self.body = Self.body(of: try TestSupport.bytes(hex: hex))
    }

    var object: JavaObject {
        get throws {
            var stream = try JavaObjectInputStream(self.body)
            guard let object = try stream.readObject().object else { throw VectorError.unexpected(self.name) }
            return object
        }
    }

    var message: SessionMessage {
        get throws { try SessionMessage(try self.object) }
    }

    private static func body(of bytes: [UInt8]) -> [UInt8] {
        guard bytes.starts(with: "FLT2002".utf8) else { return bytes }
        func integer(_ offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        let idLength = integer(23)
        let start = 31 + idLength + integer(27 + idLength)
        return Array(bytes[start + 4..<start + 4 + integer(start)])
    }
}
