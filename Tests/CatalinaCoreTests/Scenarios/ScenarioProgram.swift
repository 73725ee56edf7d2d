import ServletAPI

@testable import CatalinaCore

/// The steps that a servlet or filter takes for one request, as its header fields name them.
///
/// The same steps as in `Tests/Vectors/servlet/Probe.java`, in the same words.
struct ScenarioProgram {
    let name: String
    let trace: ScenarioTrace
    let request: any HttpServletRequest
    let response: any HttpServletResponse
    var chain: (any FilterChain)?

    init(
        name: String,
        trace: ScenarioTrace,
        request: any HttpServletRequest,
        response: any HttpServletResponse
    ) {
        self.name = name
        self.trace = trace
        self.request = request
        self.response = response
    }

    /// Takes all steps; those that begin with `?` may fail.
    func run() async throws {
        let field = "X-\(self.name)" + (self.request.dispatcherType == .async ? "-again" : "")
        for step in (self.request.header(field) ?? "").split(separator: ";") {
            let isTried = step.hasPrefix("?")
            let words = step.drop { $0 == "?" }.split(separator: " ", maxSplits: 2).map { String($0) }
            do {
                try await self.take(words[0], words.count > 1 ? words[1] : nil, words.count > 2 ? words[2] : nil)
            } catch  where isTried {
                self.add("caught \(ExceptionNames.types(of: error).first ?? "")")
            }
        }
    }

    func add(_ text: String) { self.trace.add("\(self.name) \(text)") }

    private func take(_ step: String, _ first: String?, _ second: String?) async throws {
        if try await self.look(step, first ?? "") { return }
        if try await self.answer(step, first, second) { return }
        if try await self.passOn(step, first) { return }
        if try await self.useSession(step, first ?? "", second) { return }
        if try await self.useContext(step, first ?? "", second) { return }
        if try await self.readBody(step, first ?? "") { return }
        switch step {
        case "set": self.request.setAttribute(first ?? "", second)
        case "remove": self.request.removeAttribute(first ?? "")
        case "charset": try self.request.setCharacterEncoding(first ?? "")
        case "cookie": try self.addCookie(first ?? "", second ?? "")
        case "throw": throw Self.failure(first ?? "", second ?? "")
        default: throw IllegalArgumentError("No step \(step)")
        }
    }
}

// MARK: - Looking

extension ScenarioProgram {
    private func look(_ step: String, _ name: String) async throws -> Bool {
        switch step {
        case "see": self.add(self.view)
        case "path":
            self.add(
                "\(self.request.dispatcherType.rawValue) \(self.request.requestURI) \(self.request.servletPath) "
                    + "\(self.request.pathInfo ?? "null") \(self.request.queryString ?? "null")"
            )
        case "names":
            let names = self.request.attributeNames.filter { $0.hasPrefix("jakarta.servlet.") || $0.hasPrefix("x.") }
            self.add("names [\(names.sorted().joined(separator: ", "))]")
        case "state":
            let response = self.response
            self.add(
                "state \(response.status) \(response.isCommitted) \(response.contentType ?? "null") "
                    + "\(response.characterEncoding) \(response.bufferSize) \((response.locale ?? "en") == "en")"
            )
        case "param":
            let values = await self.request.parameters().all(name)
            self.add("\(name)=" + (values.isEmpty ? "null" : "[\(values.joined(separator: ", "))]"))
        case "get": self.add("\(name)=\(self.request.attribute(name).map { "\($0)" } ?? "null")")
        case "int": self.add("int \(try self.request.intHeader(name))")
        case "date": self.add("date \(try self.request.dateHeader(name))")
        case "locales": self.add("locales [\(self.request.locales.joined(separator: ", "))]")
        case "cookies":
            let texts = self.request.cookies.map { "\($0.name)=\($0.value)" }
            self.add("cookies [\(texts.joined(separator: ", "))]")
        case "isAsync": self.add("async \(self.request.isAsyncStarted) \(self.request.isAsyncSupported)")
        default: return false
        }
        return true
    }

    /// How the request shows itself, and what dispatchers say of it.
    private var view: String {
        let request = self.request
        var text =
            "\(request.dispatcherType.rawValue) \(request.requestURI) [\(request.contextPath)] [\(request.servletPath)] "
            + "\(request.pathInfo ?? "null") \(request.queryString ?? "null") \(Self.show(request.httpServletMapping))"
        let parts = ["request_uri", "context_path", "servlet_path", "path_info", "query_string", "mapping"]
        let errors = ["status_code", "exception_type", "message", "exception", "request_uri", "servlet_name"]
        let names =
            ["forward", "include", "async"].flatMap { kind in parts.map { "\(kind).\($0)" } }
            + errors.map { "error.\($0)" }
        for name in names {
            if let value = request.attribute("jakarta.servlet." + name) { text += " \(name)=\(Self.show(value))" }
        }
        return text
    }

    private static func show(_ value: Any) -> String {
        if let mapping = value as? HttpServletMapping {
            let match = mapping.mappingMatch?.rawValue ?? "null"
            return "\(mapping.servletName)|\(mapping.pattern)|\(match)|\(mapping.matchValue)"
        }
        guard let error = value as? any Error else { return "\(value)" }
        let message = ExceptionNames.message(of: error)
        return "\(ExceptionNames.types(of: error).first ?? ""):\(message.isEmpty ? "null" : message)"
    }
}

// MARK: - Answering

extension ScenarioProgram {
    private func answer(_ step: String, _ first: String?, _ second: String?) async throws -> Bool {
        let response = self.response
        let text = first ?? ""
        switch step {
        case "write": try await response.write([first, second].compactMap { $0 }.joined(separator: " "))
        case "stream": try await response.write(bytes: Array(text.utf8))
        case "flush": try await response.flushBuffer()
        case "reset": try response.reset()
        case "resetBuffer": try response.resetBuffer()
        case "buffer": response.bufferSize = Int(text) ?? 0
        case "status": response.status = Int(text) ?? 0
        case "header": response.setHeader(text, second ?? "")
        case "addHeader": response.addHeader(text, second ?? "")
        case "type": response.contentType = first?.replacing("%3B", with: ";")
        case "encoding": response.setCharacterEncoding(text)
        case "length": response.setContentLength(Int64(text) ?? 0)
        case "locale": response.locale = text
        case "error": try await response.sendError(Int(text) ?? 0, second)
        case "redirect": try await response.sendRedirect(text)
        default: return false
        }
        return true
    }

    private func addCookie(_ name: String, _ attributes: String) throws {
        var cookie = Cookie(name, "v")
        for attribute in attributes.split(separator: " ") {
            let parts = attribute.split(separator: "=", maxSplits: 1).map { String($0) }
            switch parts[0] {
            case "domain": cookie.domain = parts[1]
            case "path": cookie.path = parts[1]
            case "maxAge": cookie.maxAge = Int(parts[1]) ?? 0
            case "secure": cookie.isSecure = parts[1] == "true"
            case "httpOnly": cookie.isHttpOnly = parts[1] == "true"
            case let other where parts[1] == "null": cookie.removeAttribute(other)
            case let other: cookie.setAttribute(other, parts[1])
            }
        }
        self.add(
            "cookie \(cookie.domain ?? "null") \(cookie.path ?? "null") \(cookie.maxAge) \(cookie.isSecure) "
                + "\(cookie.isHttpOnly)"
        )
        try self.response.addCookie(cookie)
    }
}

// MARK: - Passing on

extension ScenarioProgram {
    private func passOn(_ step: String, _ target: String?) async throws -> Bool {
        let (request, response) = (self.request, self.response)
        let context = request.servletContext
        switch step {
        case "forward": try await request.requestDispatcher(target ?? "")?.forward(request, response)
        case "include": try await request.requestDispatcher(target ?? "")?.include(request, response)
        case "forwardNamed": try await context.namedDispatcher(target ?? "")?.forward(request, response)
        case "includeNamed": try await context.namedDispatcher(target ?? "")?.include(request, response)
        case "chain": try await self.chain?.doFilter(request, response)
        case "async": try request.startAsync().addListener(ScenarioEars(trace: self.trace, deed: target))
        case "timeout": request.asyncContext?.timeout = Int64(target ?? "") ?? 0
        case "complete": request.asyncContext?.complete()
        case "dispatch": try request.asyncContext?.dispatch(target)
        default: return false
        }
        return true
    }

    private static func failure(_ kind: String, _ message: String) -> any Error {
        switch kind {
        case "state": IllegalStateError(message)
        case "argument": IllegalArgumentError(message)
        case "servlet": ServletError(message)
        case "root": ServletError(message, rootCause: IllegalStateError("cause"))
        case "other": ServletError(message, rootCause: IllegalArgumentError("cause"))
        case "unavailable": UnavailableError(message, seconds: 60)
        case "io": JavaError(name: "java.io.IOException", message: message)
        default: JavaError(name: "java.lang.RuntimeException", message: message)
        }
    }
}

/// An error that has no name of its own in Swift.
private struct JavaError: NamedException {
    let name: String
    let message: String
    var exceptionTypes: [String] { [self.name, "java.lang.Exception", "java.lang.Throwable"] }
}
