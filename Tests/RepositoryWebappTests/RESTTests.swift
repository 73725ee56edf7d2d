import RepositoryCore
import ServletAPI
import Synchronization
import Testing

import class TestSupport.FileTree

@testable import RepositoryWebapp

@Suite struct RESTTests {
    static let form = "application/x-www-form-urlencoded"

    /// A repository in memory with user `ann`, document `test/doc` of hers, and a document nobody may read.
    static func deployment(_ directory: FileTree) async throws -> Deployment {
        try directory.write("config.json", #"{"storage":{"module":"memory"}}"#)
        try directory.write("repoInit.json", #"{"adminPassword":"secret"}"#)
        let deployment = try await Deployment.started(in: directory.path)
        let service = try deployment.application.running().service
        var user = ObjectInput(type: "User", content: ["username": "ann", "password": "password1"])
        user.suffix = "ann"
        _ = try await service.create(user, as: .admin)
        let ann = try #require(try await service.users.user("ann")).caller
        var document = ObjectInput(type: "Document", content: ["name": "A document", "description": "first"])
        document.suffix = "doc"
        document.uploads = [
            PayloadUpload(
                payload: Payload(name: "p", filename: "a\"é€.txt", mediaType: "text/plain", size: 10),
                source: .bytes(Array("0123456789".utf8))
            )
        ]
        _ = try await service.create(document, as: ann)
        document.uploads = []
        document.suffix = "secret doc/1"
        document.acl = AccessControlList(readers: [], writers: [])
        _ = try await service.create(document, as: .admin)
        return deployment
    }

    @Test(arguments: RESTCase.objects + RESTCase.others)
    func answers(test: RESTCase) async throws {
        let directory = try FileTree("webapp")
        let deployment = try await Self.deployment(directory)
        let words = test.line.split(separator: " ", maxSplits: 1).map(String.init)
        let response = try await deployment.call(words[0], words[1], test.body) { request in
            if let type = test.type { request.allHeaders.append(("Content-Type", type)) }
            if let header = Self.authorization(test.user) { request.allHeaders.append(("Authorization", header)) }
        }
        #expect(response.status == test.status, "\(response.text)")
        if let text = test.text {
            if text.hasSuffix("…") {
                #expect(response.text.hasPrefix(text.dropLast()), "\(response.text)")
            } else {
                #expect(response.text == text)
            }
        }
        for (name, value) in test.headers {
            #expect((name == "Content-Type" ? response.contentType : response.header(name)) == value, "\(name)")
        }
        #expect(response.header("Request-Id")?.isEmpty == false)
    }

    static func authorization(_ user: String?) -> String? {
        let passwords = ["ann": "password1", "admin": "secret"]
        guard let user else { return nil }
        if user.hasPrefix("Bearer") { return user }
        let pair = passwords[user].map { "\(user):\($0)" } ?? user
        return "Basic " + Base64.encodeURL(Array(pair.utf8))
    }

    @Test(
        arguments: [
            ("bytes=0-3", 206, "0123", "bytes 0-3/10"), ("bytes=7-", 206, "789", "bytes 7-9/10"),
            ("bytes=-2", 206, "89", "bytes 8-9/10"),
            ("bytes=5-99", 206, "56789", "bytes 5-9/10"), ("bytes=10-", 416, nil, "bytes */10"),
            ("bytes=-0", 416, nil, "bytes */10"),
            ("bytes=3-1", 200, "0123456789", nil), ("bytes=0-1,3-4", 200, "0123456789", nil),
            ("lines=1-2", 200, "0123456789", nil),
            ("bytes=a-b", 200, "0123456789", nil), ("bytes=-99", 206, "0123456789", "bytes 0-9/10"),
            ("bytes=99999999999999999999-", 416, nil, "bytes */10"),
        ] as [(String, Int, String?, String?)]
    )
    func ranges(header: String, status: Int, text: String?, contentRange: String?) async throws {
        let directory = try FileTree("webapp")
        let deployment = try await Self.deployment(directory)
        let response = try await deployment.call("GET", "/objects/test/doc?payload=p") { request in
            request.allHeaders.append(("Range", header))
        }
        #expect(response.status == status)
        #expect(response.header("Content-Range") == contentRange)
        if let text { #expect(response.text == text) }
    }

    @Test func multipart() async throws {
        let directory = try FileTree("webapp")
        let deployment = try await Self.deployment(directory)
        let response = try await deployment.call("POST", "/objects/?full") { request in
            request.allHeaders += [
                ("Content-Type", "multipart/form-data; boundary=x"), ("Authorization", Self.authorization("ann") ?? ""),
            ]
            request.formParts = [
                StubPart("type", "Document"), StubPart("content", #"{"name":"with payload"}"#),
                StubPart("acl", #"{"readers":["test/ann"]}"#),
                StubPart("file", "hello", filename: "C:\\dir\\hello.txt", type: "text/plain"),
            ]
        }
        #expect(response.status == 200, "\(response.text)")
        let object = try DigitalObject(json: JSONValue(parsing: response.body))
        #expect(object.acl == AccessControlList(readers: ["test/ann"]))
        #expect(object.payloads == [Payload(name: "file", filename: "hello.txt", mediaType: "text/plain", size: 5)])
        let missing = try await deployment.call("PUT", "/objects/" + object.id.text) { request in
            request.allHeaders += [
                ("Content-Type", "multipart/form-data; boundary=x"), ("Authorization", Self.authorization("ann") ?? ""),
            ]
            request.formParts = [StubPart("payloadToDelete", "file")]
        }
        #expect(missing.text == #"{"message":"Missing JSON"}"#)
        let changed = try await deployment.call("PUT", "/objects/\(object.id)?full") { request in
            request.allHeaders += [
                ("Content-Type", "multipart/form-data; boundary=x"), ("Authorization", Self.authorization("ann") ?? ""),
            ]
            request.formParts = [StubPart("json", #"{"name":"n"}"#), StubPart("payloadToDelete", "file")]
        }
        #expect(try DigitalObject(json: JSONValue(parsing: changed.body)).payloads.isEmpty)
    }

    @Test("a payload for which the disk has no room is the server's fault, and no path of it is told")
    func uploadFails() async throws {
        let directory = try FileTree("webapp")
        let deployment = try await Self.deployment(directory)
        let response = try await deployment.call("POST", "/objects/?type=Document") { request in
            request.allHeaders += [
                ("Content-Type", "multipart/form-data; boundary=x"), ("Authorization", Self.authorization("ann") ?? ""),
            ]
            request.formParts = [
                StubPart("content", #"{"name":"n"}"#),
                StubPart("file", String(repeating: "x", count: 300_000), filename: "large"),
            ]
        }
        #expect(response.status == 500)
        #expect(response.text == #"{"message":"Something went wrong. Contact your sysadmin."}"#)
        #expect(deployment.context.logged.withLock { $0.contains { $0.contains("Unexpected failure of request") } })
    }

    /// A body of which the client sent a part, as the container tells of it.
    private struct CutOff: NamedException {
        let message = "The request body ends early"
        let exceptionTypes = ["org.apache.catalina.connector.ClientAbortException", "java.io.IOException"]
    }

    @Test("a body that the client cut off is left to the container, and nobody is told")
    func bodyCutOff() async throws {
        await #expect(throws: CutOff.self) {
            try await ErrorResponse.write(CutOff(), to: StubResponse()) { _ in Issue.record("logged") }
        }
    }

    @Test func tokensWork() async throws {
        let directory = try FileTree("webapp")
        let deployment = try await Self.deployment(directory)
        let body = #"{"grant_type":"password","username":"ann","password":"password1"}"#
        let answer = try await deployment.call("POST", "/auth/token?full", body) { request in
            request.allHeaders.append(("Content-Type", "application/json; charset=UTF-8"))
        }
        let json = try JSONValue(parsing: answer.body)
        #expect(
            json.object?.keys == [
                "access_token", "token_type", "active", "userId", "username", "typesPermittedToCreate", "groupIds",
            ]
        )
        let token = try #require(json["access_token"]?.string)
        for parameter in [true, false] {
            let target = "/check-credentials" + (parameter ? "?access_token=" + token : "")
            let check = try await deployment.call("GET", target) { request in
                if !parameter { request.allHeaders.append(("Authorization", "Bearer " + token)) }
            }
            #expect(check.text == #"{"active":true,"userId":"test/ann","username":"ann"}"#)
        }
        let change = try await deployment.call("PUT", "/users/this/password", "password2") { request in
            request.allHeaders.append(("Authorization", "Bearer " + token))
        }
        #expect(change.status == 403)
        _ = try await deployment.call("POST", "/auth/revoke", "token=" + token) { request in
            request.allHeaders.append(("Content-Type", Self.form))
        }
        let gone = try await deployment.call("GET", "/check-credentials?access_token=" + token)
        #expect(gone.status == 401)
    }

    @Test(
        arguments: [
            (true, "192.0.2.1", "192.0.2.2", 200), (false, "192.0.2.1", "192.0.2.2", 403),
            (false, "127.0.0.1", "127.0.0.1", 200),
            (false, "::1", "::1", 200), (false, "127.0.0.1", "192.0.2.2", 403),
        ]
    )
    func credentialsTravelOnlySecurely(isSecure: Bool, local: String, remote: String, status: Int) async throws {
        let directory = try FileTree("webapp")
        let deployment = try await Self.deployment(directory)
        for (target, isToken) in [("/check-credentials", false), ("/auth/introspect", true)] {
            let response = try await deployment.call(isToken ? "POST" : "GET", target, isToken ? "token=x" : nil) {
                request in
                request.isSecure = isSecure
                request.localAddr = local
                request.remoteAddr = remote
                request.allHeaders.append(("Content-Type", Self.form))
                if !isToken { request.allHeaders.append(("Authorization", Self.authorization("ann") ?? "")) }
            }
            #expect(response.status == status)
            guard status == 403 else { continue }
            #expect(
                response.text
                    == (isToken
                        ? #"{"error":"invalid_request","error_description":"Authentication requires HTTPS"}"#
                        : #"{"message":"Authentication requires HTTPS"}"#)
            )
        }
        let warnings = deployment.context.logged.withLock { $0.filter { $0.hasPrefix("warning") } }
        #expect(warnings.count == (!isSecure && status == 200 ? 1 : 0))
    }

    @Test(
        arguments: [
            ("admin", "test/ann", 200), ("ann", "admin", 401), (nil, "test/ann", 401), ("admin", "no/user", 200),
        ] as [(String?, String, Int)]
    )
    func actingAsAnother(user: String?, other: String, status: Int) async throws {
        let directory = try FileTree("webapp")
        let deployment = try await Self.deployment(directory)
        let response = try await deployment.call("GET", "/check-credentials") { request in
            if let header = Self.authorization(user) { request.allHeaders.append(("Authorization", header)) }
            request.allHeaders.append(("As-User", other))
        }
        #expect(response.status == status)
        if status == 200 { #expect(try JSONValue(parsing: response.body)["userId"]?.string == other) }
    }

    @Test func preflightsAreAnsweredByTheFilter() async throws {
        let deployment = Deployment()
        let response = try await deployment.call("OPTIONS", "/objects/x/y") { request in
            request.allHeaders += [
                ("Origin", "http://o"), ("Access-Control-Request-Method", "PUT"),
                ("Access-Control-Request-Headers", "Authorization"),
            ]
        }
        #expect(response.status == 200)
        #expect(response.header("Access-Control-Allow-Origin") == "*")
        #expect(response.header("Access-Control-Allow-Methods") == "GET,HEAD,POST,DELETE,PUT")
        #expect(response.header("Access-Control-Allow-Headers") == "Authorization")
    }
}
