import ServletAPI
import Testing

private final class LoudRequest: HttpServletRequestWrapper {
    override func header(_ name: String) -> String? { super.header(name)?.uppercased() }
}

private final class CollectingResponse: HttpServletResponseWrapper {
    let inner = StubResponse()
    override func writer() throws -> any ServletWriter { self.inner }
}

@Suite struct WrapperTests {
    @Test func overriddenMembersAreUsedThroughTheProtocol() {
        let request = StubRequest()
        request.allHeaders = [("X-A", "quiet")]
        let wrapped: any HttpServletRequest = LoudRequest(request)
        #expect(wrapped.header("x-a") == "QUIET")
        #expect(wrapped.headers("X-A") == ["quiet"])
    }

    @Test func everythingElseIsForwarded() async throws {
        let request = StubRequest()
        let wrapped: any HttpServletRequest = HttpServletRequestWrapper(request)
        wrapped.setAttribute("a", 1)
        #expect(request.attributes["a"] as? Int == 1)
        #expect(wrapped.requestURI == request.requestURI)
        #expect(wrapped.queryString == "a=b")
        #expect(await wrapped.parameter("a") == "b")
        #expect(wrapped.isUserInRole("stub"))
        try wrapped.setCharacterEncoding("UTF-8")
        try await wrapped.login("me", "pw")
        try await wrapped.logout()
        #expect(request.asked == ["setCharacterEncoding UTF-8", "login me", "logout"])
        await #expect(throws: IllegalStateError.self) { try await wrapped.changeSessionId() }
    }

    @Test func conveniencesGoThroughTheWrapper() async throws {
        let response = StubResponse()
        let wrapped = CollectingResponse(response)
        let seen: any HttpServletResponse = wrapped
        try await seen.write("collected")
        seen.setIntHeader("X-Int", 5)
        seen.status = 202
        #expect(wrapped.inner.text == "collected")
        #expect(response.text.isEmpty)
        #expect(response.header("X-Int") == "5")
        #expect(response.status == 202)
    }

    @Test func aWrapperKnowsWhatItWraps() {
        let request = StubRequest()
        let inner = HttpServletRequestWrapper(request)
        let outer = HttpServletRequestWrapper(inner)
        #expect(outer.isWrapper(for: request))
        #expect(outer.isWrapper(for: inner))
        #expect(!outer.isWrapper(for: StubRequest()))
        let response = StubResponse()
        #expect(HttpServletResponseWrapper(HttpServletResponseWrapper(response)).isWrapper(for: response))
    }
}

@Suite struct ValueTests {
    @Test func parametersKeepTheirOrder() {
        var parameters = Parameters()
        for (name, value) in [("b", "1"), ("a", "2"), ("b", "3")] { parameters.append(name, value) }
        #expect(parameters.names == ["b", "a"])
        #expect(parameters.first("b") == "1")
        #expect(parameters.all("b") == ["1", "3"])
        #expect(parameters.first("c") == nil)
        #expect(parameters.all("c").isEmpty)
    }

    @Test func manyParametersAreFoundAsFewAre() {
        var parameters = Parameters()
        for index in 0..<100 {
            parameters.append("n\(index % 50)", "\(index)")
            #expect(parameters.all("n\(index % 50)").last == "\(index)")
        }
        #expect(parameters.names == (0..<50).map { "n\($0)" })
        #expect(parameters.all("n49") == ["49", "99"])
        #expect(parameters.all("x").isEmpty && parameters.first("x") == nil)
    }

    @Test func aCookieAttributeIsReplacedWhateverItsCase() {
        var cookie = Cookie("a", "b")
        cookie.setAttribute("SameSite", "Lax")
        cookie.setAttribute("Partitioned", "")
        cookie.setAttribute("samesite", "Strict")
        #expect(cookie.attributes.map(\.name) == ["SameSite", "Partitioned"])
        #expect(cookie.attributes.map(\.value) == ["Strict", ""])
        cookie.removeAttribute("SAMESITE")
        #expect(cookie.attributes.map(\.name) == ["Partitioned"])
    }

    @Test("attributes with a property are found in it, whatever their case")
    func aCookiesProperties() {
        var cookie = Cookie("a", "b")
        cookie.domain = "Example.ORG"
        #expect(cookie.domain == "example.org")
        for (name, value) in [
            ("DOMAIN", "Other.ORG"), ("Path", "/p"), ("max-age", "7"), ("secure", "TRUE"), ("HttpOnly", "true"),
        ] { cookie.setAttribute(name, value) }
        #expect(cookie.domain == "Other.ORG" && cookie.path == "/p" && cookie.maxAge == 7)
        #expect(cookie.isSecure && cookie.isHttpOnly)
        #expect(cookie.attributes.isEmpty)
        for name in ["domain", "PATH", "Max-Age", "Secure", "httponly"] { cookie.removeAttribute(name) }
        #expect(cookie == Cookie("a", "b"))
        cookie.setAttribute("Max-Age", "soon")
        #expect(cookie.maxAge == -1 && cookie.attributes.map(\.value) == ["soon"])
    }

    @Test func readAllStopsAtItsLimit() async throws {
        final class Body: ServletInputStream {
            var left = 3
            var isFinished: Bool { self.left == 0 }
            func read(upTo maximum: Int) async throws -> [UInt8]? {
                guard self.left > 0 else { return nil }
                self.left -= 1
                return [1, 2]
            }
        }
        #expect(try await Body().readAll() == [1, 2, 1, 2, 1, 2])
        #expect(try await Body().readAll(limit: 6).count == 6)
        await #expect(throws: IllegalStateError.self) { try await Body().readAll(limit: 5) }
    }

    @Test func errorsNameTheirJavaTypes() {
        #expect(ServletError("x").exceptionTypes.first == "jakarta.servlet.ServletException")
        #expect(UnavailableError("x").exceptionTypes.contains("jakarta.servlet.ServletException"))
        #expect(IllegalArgumentError("x").exceptionTypes.last == "java.lang.Throwable")
    }
}
