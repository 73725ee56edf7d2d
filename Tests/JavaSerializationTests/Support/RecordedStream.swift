import Foundation
import NIOCore
import TestSupport
import Testing

@testable import JavaSerialization

/// An object stream out of a recording, with what the recording's annotation says about it.
struct RecordedStream: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    /// Objects, fields of primitive types and texts, in the order of the stream: what the annotation lists for it,
    /// or, as it lists streams within streams in another order, for any of those.
    let events: [[String]]

    var testDescription: String { "\(self.name) (\(self.bytes.count))" }

    static let magic: [UInt8] = [0xac, 0xed, 0x00, 0x05]

    /// Every stream of `Tests/Vectors/tribes`, streams within streams too.
    static let all: [RecordedStream] = {
        let directory = Vectors.directory.appending(path: "tribes").path(percentEncoded: false)
        do {
            return try FileManager.default.contentsOfDirectory(atPath: directory)
                .filter { $0.hasSuffix(".hex") }.sorted().flatMap { try Self.named(String($0.dropLast(4))) }
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    /// Streams of one recording: the message's first, then those in byte arrays of it, in order.
    static func named(_ name: String) throws -> [RecordedStream] {
        let hex = String(decoding: try Vectors.bytes("tribes/\(name).hex"), as: UTF8.self)
        guard let body = Self.body(of: try TestSupport.bytes(hex: hex)) else { return [] }
        let annotated = Self.annotations(String(decoding: try Vectors.bytes("tribes/\(name).md"), as: UTF8.self))
        return try Self.nested(body).enumerated().map { index, bytes in
            RecordedStream(
                name: name,
                bytes: bytes,
                events: index == 0 ? Array(annotated.prefix(1)) : Array(annotated.dropFirst())
            )
        }
    }

    private static func nested(_ bytes: [UInt8]) throws -> [[UInt8]] {
        var streams = [bytes]
        for node in try JavaStream(bytes).graph.nodes {
            guard case .primitives(_, .bytes(let inner)) = node, inner.starts(with: Self.magic) else { continue }
            streams += try Self.nested(inner)
        }
        return streams
    }

    /// The stream of a plain message of a frame, or the whole vector.
    private static func body(of vector: [UInt8]) -> [UInt8]? {
        if vector.starts(with: Self.magic) { return vector }
        guard vector.starts(with: "FLT2002".utf8), vector.count > 100 else { return nil }
        func integer(_ offset: Int) -> Int { vector[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        let idLength = integer(23)
        let start = 31 + idLength + integer(27 + idLength)
        let body = Array(vector[start + 4..<start + 4 + integer(start)])
        return body.starts(with: Self.magic) && integer(11) & 0x100 == 0 && (try? JavaStream(body)) != nil ? body : nil
    }

    private static func annotations(_ text: String) -> [[String]] {
        var streams: [[String]] = []
        for line in text.split(separator: "\n") where line.hasPrefix("| ") {
            let cells = line.split(separator: "|", maxSplits: 3).map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 4 else { continue }
            let meaning = cells[3].dropLast().trimmingCharacters(in: CharacterSet(charactersIn: " ·*"))
            if meaning.hasPrefix("STREAM_MAGIC") {
                streams.append([])
            } else if let event = Self.event(meaning), !streams.isEmpty {
                streams[streams.count - 1].append(event)
            }
        }
        return streams
    }

    private static func event(_ meaning: String) -> String? {
        if let match = meaning.wholeMatch(of: /new object of (.+) gets handle .*/) { return "object \(match.1)" }
        if let match = meaning.wholeMatch(of: /field (\w+) = (.+)/) { return "\(match.1) = \(match.2)" }
        if let match = meaning.wholeMatch(of: /TC_STRING "(.*)"  \(handle .*/) { return StreamEvents.text(match.1) }
        return nil
    }
}

/// A stream's contents as an annotation lists them.
struct StreamEvents {
    private(set) var list: [String] = []
    private var seen: Set<Int> = []

    init(_ stream: JavaStream) {
        self.add(stream.pieces, stream.graph)
    }

    /// Field types are texts too, and are not listed.
    static func text(_ text: some StringProtocol) -> String? {
        text.hasPrefix("[") || (text.hasPrefix("L") && text.hasSuffix(";")) ? nil : "text \(text)"
    }

    private mutating func add(_ pieces: [JavaPiece], _ graph: JavaGraph) {
        for case .content(let slot) in pieces { self.add(slot, graph) }
    }

    private mutating func add(_ slot: JavaSlot, _ graph: JavaGraph) {
        guard case .node(_, let index) = slot, self.seen.insert(Int(index)).inserted else { return }
        switch graph.nodes[Int(index)] {
        case .string(let text, _):
            if text.utf8.count < 1_000, let event = Self.text(text) { self.list.append(event) }
        case .boxed(let slot):
            self.list.append("object \(JavaClasses.box(slot)?.name ?? "")")
            self.list.append("value = \(Self.printed(slot))")
        case .object(let descriptor, let values, let data):
            self.list.append("object \(descriptor.name)")
            var values = values[...]
            var data = data[...]
            for level in (0..<descriptor.levelCount).map(descriptor.level) {
                if !level.flags.contains(.externalizable) {
                    for field in level.fields {
                        guard let value = values.popFirst() else { continue }
                        if field.kind.isPrimitive {
                            self.list.append("\(field.name) = \(Self.printed(value))")
                        } else {
                            self.add(value, graph)
                        }
                    }
                }
                if level.writesData { self.add(data.popFirst() ?? [], graph) }
            }
        case .elements(_, let slots): for slot in slots { self.add(slot, graph) }
        case .enumConstant(_, let name): self.add(name, graph)
        case .rawString, .primitives, .classObject: break
        }
    }

    private static func printed(_ slot: JavaSlot) -> String {
        switch slot {
        case .boolean(let value): value ? "True" : "False"
        case .byte(let value): "\(value)"
        case .character(let value): "'\(String(decoding: [value], as: UTF16.self))'"
        case .short(let value): "\(value)"
        case .int(let value): "\(value)"
        case .long(let value): "\(value)"
        case .float(let value): "\(value)"
        case .double(let value): "\(value)"
        case .null, .node, .descriptor: ""
        }
    }
}
