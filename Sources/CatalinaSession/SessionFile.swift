import CatalinaCore
import Coyote
import Glibc
import ServletAPI

/// Sessions between two runs of an application: one file, read once and then removed.
///
/// Shape: the line `caracal-sessions 1`, then per session a line `session ID CREATED ACCESSED IDLE` and per value a line
/// `TYPE NAME VALUE`, names and texts percent-encoded. Values of the types text, integer, number and flag are kept;
/// others stay behind with a warning, since nothing says how to write them.
/// Source: in the place of `SESSIONS.ser`, whose Java objects mean nothing here.
struct SessionFile {
    static let header = "caracal-sessions 1"
    let path: String
    let filter: AttributeFilter

    func read() async throws -> [StandardSession.Record] {
        let path = self.path
        guard FileStatus(path) != nil else { return [] }
        let text = try await FileIO.run {
            defer { unlink(path) }
            return try FileIO.text(of: path)
        }
        var records = try Self.parse(text)
        // The filter may have been another one when the file was written.
        for index in records.indices {
            for (name, value) in records[index].attributes where !self.admits(name, value) {
                records[index].attributes[name] = nil
            }
        }
        return records
    }

    func write(_ records: [StandardSession.Record]) async throws {
        let text = self.text(of: records)
        let path = self.path
        try await FileIO.run { try FileIO.write(text, to: path) }
    }

    private func admits(_ name: String, _ value: any Sendable) -> Bool {
        self.filter.admits(name, className: Self.javaClass(of: value))
    }

    func text(of records: [StandardSession.Record]) -> String {
        var lines = [Self.header]
        for record in records {
            lines.append(
                "session \(record.id) \(record.creationTime) \(record.thisAccessedTime) \(record.maxInactiveInterval)"
            )
            for (name, value) in record.attributes where self.admits(name, value) {
                guard let text = Self.encode(value) else {
                    CategoryLogger("org.apache.catalina.session.StandardManager").warning(
                        "unload",
                        "The attribute [\(name)] of type [\(type(of: value))] cannot be kept and is left behind"
                    )
                    continue
                }
                lines.append(text.type + " " + Self.encoder.encode(name) + " " + text.value)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    static func parse(_ text: String) throws -> [StandardSession.Record] {
        var lines = text.split(separator: "\n")
        guard lines.first == Substring(Self.header) else { throw ServletError("not a session file of this version") }
        lines.removeFirst()
        var records: [StandardSession.Record] = []
        for line in lines {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            if words.first == "session" {
                guard words.count == 5, let created = Int64(words[2]), let used = Int64(words[3]),
                    let idle = Int32(words[4]), created >= 0, used >= 0
                else { throw ServletError("broken line [\(line)]") }
                records.append(
                    .init(
                        id: String(words[1]),
                        creationTime: created,
                        lastAccessedTime: used,
                        thisAccessedTime: used,
                        maxInactiveInterval: Int(idle),
                        isNew: false
                    )
                )
            } else {
                guard words.count == 3, !records.isEmpty else { throw ServletError("broken line [\(line)]") }
                let value = Self.decode(String(words[0]), try PercentDecoder.decode(String(words[2])))
                records[records.count - 1].attributes[try PercentDecoder.decode(String(words[1]))] = value
            }
        }
        return records
    }

    private static func encode(_ value: any Sendable) -> (type: String, value: String)? {
        switch value {
        case let text as String: ("text", Self.encoder.encode(text))
        case let number as Int: ("integer", String(number))
        case let number as Int64: ("long", String(number))
        case let number as Double: ("number", String(number))
        case let flag as Bool: ("flag", String(flag))
        default: nil
        }
    }

    /// What filters call the type of a value that is kept.
    private static func javaClass(of value: any Sendable) -> String? {
        switch value {
        case is String: "java.lang.String"
        case is Int, is Int64: "java.lang.Long"
        case is Double: "java.lang.Double"
        case is Bool: "java.lang.Boolean"
        default: nil
        }
    }

    private static func decode(_ type: String, _ text: String) -> (any Sendable)? {
        switch type {
        case "text": text
        case "integer": Int(text)
        case "long": Int64(text)
        case "number": Double(text)
        case "flag": Bool(text)
        default: nil
        }
    }

    /// Blanks, line ends, control characters, `%` and everything beyond ASCII are written as escapes.
    private static let encoder = PercentEncoder(
        safe: ByteSet.alpha.union(.digit).union(ByteSet("!\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~")),
        encodesSpaceAsPlus: false
    )
}
