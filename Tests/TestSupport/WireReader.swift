/// One response taken apart.
package struct WireResponse: Equatable, Sendable {
    package var status = 0
    package var statusLine = ""
    /// Without Date.
    package var fields: [String] = []
    /// `length`, `chunked`, `until_close` or `none`.
    package var framing = "none"
    package var body = ""
    package var isComplete = true

    package init() {}

    package func value(_ name: String) -> String? {
        self.fields.first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }
            .map { String($0.dropFirst(name.count + 2)) }
    }
}

/// Takes the responses out of what a server sent.
package struct WireReader: Sendable {
    package let bytes: [UInt8]
    package let isClosed: Bool

    package init(bytes: [UInt8], isClosed: Bool) {
        self.bytes = bytes
        self.isClosed = isClosed
    }

    /// Complete responses, and on a closed connection what is left of one.
    package var responses: [WireResponse] {
        var responses: [WireResponse] = []
        var position = 0
        while position < self.bytes.count, let (response, end) = self.response(at: position) {
            guard response.isComplete || self.isClosed else { break }
            responses.append(response)
            position = end
        }
        return responses
    }

    private func response(at start: Int) -> (WireResponse, Int)? {
        guard let end = self.find([13, 10, 13, 10], from: start) else { return nil }
        let lines = String(latin1: self.bytes[start..<end]).split(separator: "\r\n").map(String.init)
        var response = WireResponse()
        response.statusLine = lines[0]
        response.status = Int(lines[0].split(separator: " ")[1]) ?? 0
        response.fields = lines.dropFirst().filter { !$0.hasPrefix("Date: ") }
        let bodyStart = end + 4
        if response.value("transfer-encoding") == "chunked" {
            response.framing = "chunked"
            return self.chunked(response, bodyStart)
        }
        if let length = response.value("content-length").flatMap({ Int($0) }) {
            response.framing = "length"
            let bodyEnd = min(bodyStart + length, self.bytes.count)
            response.body = String(latin1: self.bytes[bodyStart..<bodyEnd])
            response.isComplete = bodyEnd == bodyStart + length
            return (response, bodyEnd)
        }
        if response.status < 200 || response.status == 204 || response.status == 304 { return (response, bodyStart) }
        response.framing = "until_close"
        response.body = String(latin1: self.bytes[bodyStart...])
        response.isComplete = self.isClosed
        return (response, self.bytes.count)
    }

    private func chunked(_ head: WireResponse, _ start: Int) -> (WireResponse, Int) {
        var response = head
        var position = start
        while let line = self.find([13, 10], from: position) {
            let size = Int(String(latin1: self.bytes[position..<line]), radix: 16) ?? 0
            position = line + 2
            if size == 0 {
                guard let end = self.find([13, 10], from: position) else { break }
                if end == position { return (response, end + 2) }
                guard let last = self.find([13, 10, 13, 10], from: position) else { break }
                response.fields += String(latin1: self.bytes[position..<last]).split(separator: "\r\n").map {
                    "trailer \($0)"
                }
                return (response, last + 4)
            }
            guard position + size + 2 <= self.bytes.count else { break }
            response.body += String(latin1: self.bytes[position..<(position + size)])
            position += size + 2
        }
        response.isComplete = false
        return (response, self.bytes.count)
    }

    private func find(_ pattern: [UInt8], from start: Int) -> Int? {
        guard start <= self.bytes.count - pattern.count else { return nil }
        return (start...(self.bytes.count - pattern.count)).first { index in
            pattern.indices.allSatisfy { self.bytes[index + $0] == pattern[$0] }
        }
    }
}

extension String {
    fileprivate init(latin1 bytes: some Sequence<UInt8>) {
        self = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}
