import Foundation
import NIOCore
import TestSupport
import Tribes

/// One recording of `Tests/Vectors/tribes` with the values that its annotation names.
struct TribesVector: Sendable, CustomStringConvertible {
    let name: String
    let bytes: [UInt8]
    /// What the annotation says of a field, in the order in which it says it.
    let fields: [(name: String, value: String)]

    var description: String { self.name }
    var buffer: ByteBuffer { ByteBuffer(bytes: self.bytes) }
    var isFrame: Bool { self.bytes.starts(with: PackageDecoder.header) }

    func value(_ field: String) -> String? { self.fields.first { $0.name == field }?.value }

    static let all: [TribesVector] = {
        let directory = Vectors.directory.appending(path: "tribes")
        do {
            let files = try FileManager.default.contentsOfDirectory(atPath: directory.path(percentEncoded: false))
            // those without an annotation are of other targets
            let names = files.filter { $0.hasSuffix(".md") }.map { String($0.dropLast(3)) }
            return try names.filter { files.contains($0 + ".hex") }.sorted().map(Self.read)
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    static let frames = Self.all.filter(\.isFrame)
    static let messages = Self.frames.filter { $0.value("options") != nil }

    static func named(_ name: String) -> TribesVector {
        guard let vector = Self.all.first(where: { $0.name == name }) else { preconditionFailure(name) }
        return vector
    }

    private static func read(_ name: String) throws -> TribesVector {
        let hex = String(decoding: try Vectors.bytes("tribes/\(name).hex"), as: UTF8.self)
        let text = String(decoding: try Vectors.bytes("tribes/\(name).md"), as: UTF8.self)
        let fields = text.split(separator: "\n").compactMap { line -> (String, String)? in
            guard line.hasPrefix("| "), let cell = line.split(separator: "|").last else { return nil }
            let meaning = cell.trimmingCharacters(in: CharacterSet(charactersIn: " ·"))
            guard let equals = meaning.firstRange(of: " = ") else {
                guard meaning.hasPrefix("host address ") else { return nil }
                return ("host address", String(meaning.dropFirst(13)))
            }
            let value = meaning[equals.upperBound...].prefix { $0 != " " }
            let key = meaning[..<equals.lowerBound]
            return (String(key.firstRange(of: " (").map { key[..<$0.lowerBound] } ?? key), String(value))
        }
        return TribesVector(name: name, bytes: try TestSupport.bytes(hex: hex), fields: fields)
    }
}
