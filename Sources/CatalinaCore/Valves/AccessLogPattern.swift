import Coyote

/// A log pattern, compiled once: what is appended to each line, in order.
///
/// Tomcat counterpart: `org.apache.catalina.valves.AbstractAccessLogValve`.
package struct AccessLogPattern: Sendable {
    /// Why a pattern cannot be used.
    package enum Fault: Error, Equatable, CustomStringConvertible {
        case time(String)

        package var description: String {
            switch self {
            case .time(let text): "[\(text)] is no way to write the time"
            }
        }
    }

    static let common = "%h %l %u %t \"%r\" %s %b"
    static let combined = common + " \"%{Referer}i\" \"%{User-Agent}i\""

    /// One element, with the code and name it came from; text has none.
    struct Item: Sendable {
        let element: AccessLogElement
        var code: Character?
        var name: String?
    }

    /// What is done in turn for a line.
    private enum Step: Sendable {
        /// A part of ``texts``: an array of its own would be retained each time.
        case text(Range<Int>)
        /// A place in ``elements``.
        case element(Int)
    }

    let items: [Item]
    private let steps: [Step]
    private let texts: [UInt8]
    private let elements: [AccessLogElement]

    /// - Throws: ``Fault`` for a time that cannot be written; codes without meaning print themselves.
    package init(_ pattern: String) throws(Fault) {
        let text =
            switch pattern.lowercased() {
            case "common": Self.common
            case "combined": Self.combined
            default: pattern
            }
        var items: [Item] = []
        var fixed = ""
        var rest = Substring(text)
        while let next = rest.popFirst() {
            guard next == "%", let code = rest.popFirst() else {
                fixed.append(next)
                continue
            }
            if code == "%" {
                fixed.append("%")
                continue
            }
            if !fixed.isEmpty { items.append(Item(element: .text(Array(fixed.utf8)))) }
            fixed = ""
            if code == "{", let end = rest.firstIndex(of: "}"), rest.index(after: end) < rest.endIndex {
                let name = String(rest[..<end])
                let letter = rest[rest.index(after: end)]
                rest = rest[rest.index(end, offsetBy: 2)...]
                items.append(Item(element: try AccessLogElement(letter, named: name), code: letter, name: name))
            } else {
                items.append(Item(element: AccessLogElement(code), code: code))
            }
        }
        if !fixed.isEmpty { items.append(Item(element: .text(Array(fixed.utf8)))) }
        self.items = items
        var steps: [Step] = []
        var texts: [UInt8] = []
        var elements: [AccessLogElement] = []
        for item in items {
            if case .text(let octets) = item.element {
                steps.append(.text(texts.count..<(texts.count + octets.count)))
                texts += octets
            } else {
                steps.append(.element(elements.count))
                elements.append(item.element)
            }
        }
        (self.steps, self.texts, self.elements) = (steps, texts, elements)
    }

    var showsMilliseconds: Bool {
        self.elements.contains { element in
            if case .time(let clock) = element { clock.showsMilliseconds } else { false }
        }
    }

    /// Appends the line of one request.
    func append(_ entry: AccessLogEntry, to line: inout LogLine) {
        // Spans lend what arrays would copy.
        let (steps, texts, elements) = (self.steps.span, self.texts.span, self.elements.span)
        for index in steps.indices {
            switch steps[index] {
            case .text(let range): line.append(texts.extracting(range))
            case .element(let place): elements[place].append(entry, to: &line)
            }
        }
    }
}

extension AccessLogElement {
    /// The element of a code without a name.
    init(_ code: Character) {
        self =
            switch code {
            case "a": .remoteAddress(isPeer: false)
            case "A": .localAddress
            case "b": .bytesSent(dashForNone: true)
            case "B": .bytesSent(dashForNone: false)
            case "D": .elapsed(.microseconds)
            case "F": .firstByte
            case "h": .host
            case "H": .protocolName
            case "I": .thread
            case "l": .logicalUser
            case "L": .identifier(isConnection: false)
            case "m": .method
            case "p": .port(isRemote: false)
            case "q": .query
            case "r": .requestLine
            case "s": .status
            case "S": .sessionID
            case "t": .time(AccessLogClock(.common))
            case "T": .elapsed(.seconds)
            case "u": .user
            case "U": .path
            case "v": .serverName
            case "X": .connectionStatus
            default: .text(Array("???\(code)???".utf8))
            }
    }

    /// The element of a code with a name in braces.
    init(_ code: Character, named name: String) throws(AccessLogPattern.Fault) {
        switch code {
        case "a": self = .remoteAddress(isPeer: name == "peer")
        case "c": self = .cookie(name)
        case "i": self = .requestHeader(name)
        case "L": self = .identifier(isConnection: name == "c")
        case "o": self = .responseHeader(name)
        case "p": self = .port(isRemote: name == "remote")
        case "r": self = .requestAttribute(name)
        case "s": self = .sessionAttribute(name)
        case "t":
            guard let clock = AccessLogClock(parsing: name) else { throw .time(name) }
            self = .time(clock)
        case "T":
            self = .elapsed(ElapsedUnit(rawValue: name) ?? .seconds)
        default: self = .text(Array("???\(code)???".utf8))
        }
    }
}

/// The same pattern as a JSON object a line: fixed text is left out, values have names.
///
/// Tomcat counterpart: `org.apache.catalina.valves.JsonAccessLogValve`.
struct AccessLogJSONPattern: Sendable {
    /// A member: its name with quotes and colon, and its value.
    private struct Member: Sendable {
        let key: [UInt8]
        let element: AccessLogElement
    }

    private static let names: [Character: String] = [
        "a": "remoteAddr", "A": "localAddr", "b": "size", "B": "byteSentNC", "D": "elapsedTime", "F": "firstByteTime",
        "h": "host", "H": "protocol", "I": "threadName", "l": "logicalUserName", "L": "identifier", "m": "method",
        "p": "port", "q": "query", "r": "request", "s": "statusCode", "S": "sessionId", "t": "time",
        "T": "elapsedTimeS", "u": "user", "U": "path", "v": "localServerName", "X": "connectionStatus",
    ]
    /// Codes whose values stand in an object of their own, in the order of these objects.
    private static let groupNames: [(code: Character, name: String)] = [
        (code: "c", name: "cookies"), (code: "i", name: "requestHeaders"), (code: "o", name: "responseHeaders"),
        (code: "r", name: "requestAttributes"), (code: "s", name: "sessionAttributes"),
    ]

    private let members: [Member]
    private let groups: [(head: [UInt8], members: [Member])]

    init(_ pattern: AccessLogPattern) {
        var members: [Member] = []
        var groups: [Character: [Member]] = [:]
        for item in pattern.items {
            guard let code = item.code else { continue }
            if let name = item.name, Self.groupNames.contains(where: { $0.code == code }) {
                groups[code, default: []].append(Self.member(name, item.element))
            } else if let name = Self.names[code] {
                members.append(Self.member(item.name.map { "\(name)-\($0)" } ?? name, item.element))
            }
        }
        self.members = members
        self.groups = Self.groupNames.compactMap { code, name in
            groups[code].map { (head: Array("\"\(name)\": {".utf8), members: $0) }
        }
    }

    private static func member(_ name: String, _ element: AccessLogElement) -> Member {
        Member(key: Array("\"\(JSONText.escape(name))\":\"".utf8), element: element)
    }

    /// Appends the object of one request.
    func append(_ entry: AccessLogEntry, to line: inout LogLine) {
        line.append(UInt8(ascii: "{"))
        Self.append(self.members, entry, to: &line)
        for (index, group) in self.groups.enumerated() {
            if index > 0 || !self.members.isEmpty { line.append(ASCII.comma) }
            line.append(contentsOf: group.head)
            Self.append(group.members, entry, to: &line)
            line.append(UInt8(ascii: "}"))
        }
        line.append(UInt8(ascii: "}"))
    }

    private static func append(_ members: [Member], _ entry: AccessLogEntry, to line: inout LogLine) {
        for (index, member) in members.enumerated() {
            if index > 0 { line.append(ASCII.comma) }
            line.append(contentsOf: member.key)
            // The escapes of log values are escapes of JSON as well.
            member.element.append(entry, to: &line)
            line.append(ASCII.quote)
        }
    }
}
