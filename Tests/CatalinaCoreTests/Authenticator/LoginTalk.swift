import Modeler
import TestSupport

@testable import CatalinaCore
@testable import Coyote

/// One client and the applications it talks to.
struct LoginTalk {
    let container: EmbeddedContainer
    /// The same behind a connector that has no secure one to redirect to.
    let bare: EmbeddedContainer
    private let clock: TestClock
    /// The application of steps that name none.
    private let application: String
    /// Values by path and name.
    private var jar: [String: [String: String]] = [:]
    private var challenge: [String: String] = [:]
    private var labels: [String: String] = [:]

    /// `signOn` are the attributes of the host's valve for single sign-on, if it has one.
    init(_ applications: [LoginApplication], signOn: [String: String]?, _ files: FileTree) async throws {
        self.application = applications.first?.name ?? ""
        let clock = TestClock()
        self.clock = clock
        self.container = try EmbeddedContainer {
            $0.redirectPort = 31443
            $0.maxSavePostSize = 64
        }
        self.bare = try EmbeddedContainer { $0.redirectPort = 0 }
        for container in [self.container, self.bare] {
            if let signOn {
                var configuration = SingleSignOn.Configuration()
                for (name, value) in signOn {
                    try SingleSignOn.descriptor.set(name, to: value, in: &configuration)
                }
                container.host.pipeline.add(SingleSignOn(configuration: configuration))
            }
            for application in applications {
                try await application.install(in: container, files) { clock.now }
            }
            try await container.start()
        }
    }

    struct Answer {
        var status: Int
        var fields: [String: String] = [:]
        var challenges: [String] = []
        var cookies: [String] = []
        var message: String?
        var body: String?

        func difference(from recorded: JSONValue) -> String? {
            var found: [String] = []
            if self.status != recorded["status"].int {
                found.append("status \(self.status), not \(recorded["status"].int ?? 0)")
            }
            for name in ["cache-control", "pragma", "expires", "location"]
            where self.fields[name] != recorded[name].string {
                found.append("\(name) \(self.fields[name] ?? "-"), not \(recorded[name].string ?? "-")")
            }
            let challenges = recorded["www-authenticate"].strings ?? []
            if self.challenges != challenges { found.append("\(self.challenges), not \(challenges)") }
            let cookies = recorded["set-cookie"].strings ?? []
            if self.cookies != cookies { found.append("cookies \(self.cookies), not \(cookies)") }
            if let message = recorded["message"].string, message != self.message {
                found.append("message \(self.message ?? "-"), not \(message)")
            }
            if let body = recorded["body"].string, body != self.body {
                found.append("body \(self.body ?? "-"), not \(body)")
            }
            return found.isEmpty ? nil : found.joined(separator: "; ")
        }
    }

    mutating func play(_ step: JSONValue) async -> Answer {
        let method = step["method"].string ?? ""
        let path = "/" + (step["app"].string ?? self.application)
        let target = path + (step["target"].string ?? "")
        self.clock.advance(Int64(step["wait"].int ?? 0))
        var headers: [(name: String, value: String)] = (step["headers"].array ?? []).map { pair in
            (pair[0].string ?? "", Self.octets(pair[1].string ?? ""))
        }
        if !step["digest"].isNull {
            headers.append(("Authorization", Self.octets(self.authorization(step["digest"], method, target))))
        }
        let kept = (self.jar["/"] ?? [:]).merging(self.jar[path] ?? [:]) { $1 }
        if !kept.isEmpty { headers.append(("Cookie", kept.map { $0.key + "=" + $0.value }.joined(separator: "; "))) }
        let body = step["body"].string.map { Array($0.utf8) } ?? []
        let isOld = step["http"].string == "1.0"
        let container = step["port"].int == 1 ? self.bare : self.container
        let answer = await container.send(method, target, headers, body: body.isEmpty ? [] : [body]) { request in
            request.headers.set("host", "localhost")
            request.serverPort = -1
            if isOld { request.protocolVersion = .http10 }
        }
        return self.read(answer, method, keepsChallenge: step["keep"].bool ?? true)
    }

    private mutating func read(
        _ answer: EmbeddedContainer.Answer,
        _ method: String,
        keepsChallenge: Bool
    ) -> Answer {
        var result = Answer(status: answer.status)
        for name in ["cache-control", "pragma", "expires", "location"] {
            result.fields[name] = answer[name].map { self.label($0) }
        }
        let challenges = answer.headers.filter { $0.name.lowercased() == "www-authenticate" }.map(\.value)
        if let first = challenges.first, keepsChallenge { self.challenge = Self.parameters(of: first) }
        result.challenges = challenges.map {
            $0.replacing(/nonce="[^"]*"/, with: "nonce=\"N\"").replacing(/opaque="[^"]*"/, with: "opaque=\"O\"")
        }
        for cookie in answer.headers where cookie.name.lowercased() == "set-cookie" {
            if let match = cookie.value.firstMatch(of: /^(\w+)=(\w*);.*Path=([^;]*)/) {
                let isRemoval = cookie.value.contains("Max-Age=0")
                self.jar[String(match.3), default: [:]][String(match.1)] = isRemoval ? nil : String(match.2)
            }
            result.cookies.append(self.label(cookie.value))
        }
        let text = method == "HEAD" ? "" : answer.text
        result.message = text.firstMatch(of: /<p><b>Message<\/b> (.*?)<\/p>/)
            .map { String($0.1).replacing("&#47;", with: "/") }
        if !text.contains("<h1>") { result.body = text.trimmingBlanks() }
        return result
    }

    /// Session ids become s1, s2, … in the order in which they appear.
    private mutating func label(_ text: String) -> String {
        var text = text
        for match in text.matches(of: /\b[0-9A-F]{32}\b/) {
            let id = String(match.0)
            let label = self.labels[id] ?? "s\(self.labels.count + 1)"
            self.labels[id] = label
            text = text.replacing(id, with: label)
        }
        return text
    }

    private func authorization(_ wish: JSONValue, _ method: String, _ target: String) -> String {
        let algorithm = wish["algorithm"].string
        let function: HashFunction = ["SHA-256": .sha256, "SHA-512-256": .sha512of256][algorithm ?? ""] ?? .md5
        let hash = { (text: String) in HexText.encode(function.hash(Array(text.utf8))) }
        let uri =
            switch wish["uri"].string {
            case "absolute": "http://localhost" + target
            case "noquery": target.split(separator: "?").first.map(String.init) ?? ""
            case let uri?: uri
            case nil: target
            }
        let part = { (name: String) in wish[name].string ?? self.challenge[name] ?? "" }
        let (user, nonce, count) = (wish["user"].string ?? "", part("nonce"), wish["nc"].string ?? "")
        let qop = wish.object?["qop"].map { $0.string } ?? "auth"
        let userDigest = hash("\(user):\(part("realm")):\(wish["password"].string ?? "")")
        let response = hash("\(userDigest):\(nonce):\(count):abc:\(qop ?? "None"):" + hash("\(method):\(uri)"))
        var text =
            "Digest username=\"\(user)\", realm=\"\(part("realm"))\", nonce=\"\(nonce)\", uri=\"\(uri)\","
            + " response=\"\(response)\", opaque=\"\(part("opaque"))\", nc=\(count), cnonce=\"abc\""
        if let qop { text += ", qop=\(qop)" }
        if let algorithm { text += ", algorithm=\(algorithm)" }
        return text
    }

    private static func parameters(of challenge: String) -> [String: String] {
        Dictionary(challenge.matches(of: /(\w+)="([^"]*)"/).map { (String($0.1), String($0.2)) }) { $1 }
    }

    /// A text as a connection shows it: one character an octet.
    private static func octets(_ text: String) -> String { Array(text.utf8).span.latin1Text }
}
