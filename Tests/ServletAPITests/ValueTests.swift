import ServletAPI
import Synchronization
import Testing

@Suite struct ErrorNameTests {
    static let errors: [(error: any NamedException, names: [String])] = [
        (ServletError("m"), ["jakarta.servlet.ServletException", "java.lang.Exception", "java.lang.Throwable"]),
        (
            UnavailableError("m"),
            [
                "jakarta.servlet.UnavailableException", "jakarta.servlet.ServletException", "java.lang.Exception",
                "java.lang.Throwable",
            ]
        ),
        (
            IllegalStateError("m"),
            [
                "java.lang.IllegalStateException", "java.lang.RuntimeException", "java.lang.Exception",
                "java.lang.Throwable",
            ]
        ),
        (
            IllegalArgumentError("m"),
            [
                "java.lang.IllegalArgumentException", "java.lang.RuntimeException", "java.lang.Exception",
                "java.lang.Throwable",
            ]
        ),
        (
            ClientAbortError("m"),
            [
                "org.apache.catalina.connector.ClientAbortException", "java.io.IOException", "java.lang.Exception",
                "java.lang.Throwable",
            ]
        ),
    ]

    @Test("error pages know each error by its Java class and its super classes", arguments: errors.indices)
    func names(index: Int) {
        let (error, names) = Self.errors[index]
        #expect(error.exceptionTypes == names)
        #expect(error.message == "m" && error.rootCause == nil)
    }

    @Test("a servlet's error has its cause")
    func cause() {
        let error = ServletError("outer", rootCause: IllegalStateError("inner"))
        #expect((error.rootCause as? IllegalStateError)?.message == "inner")
        #expect(UnavailableError("m", seconds: 3).seconds == 3 && UnavailableError("m").seconds == nil)
    }
}

@Suite struct SessionValueTests {
    /// A session of values, some of which another process wrote as text.
    private final class Session: ConvertingSession {
        private let values: Mutex<[String: any Sendable]>
        let id = "S"
        let creationTime: Int64 = 0
        let lastAccessedTime: Int64 = 0
        let isNew = false
        var maxInactiveInterval: Int {
            get { 0 }
            set { _ = newValue }
        }
        var servletContext: any ServletContext { preconditionFailure("the session has no application") }

        init(_ values: [String: any Sendable]) { self.values = Mutex(values) }

        func attribute(_ name: String) throws -> (any Sendable)? { self.values.withLock { $0[name] } }
        func setAttribute(_ name: String, _ value: (any Sendable)?) throws { self.values.withLock { $0[name] = value } }
        var attributeNames: [String] { self.values.withLock { $0.keys.sorted() } }
        func invalidate() throws {}
        func convertedAttribute<Value: Sendable>(_ name: String, as type: Value.Type) throws -> Value? {
            try (self.attribute(name) as? String).flatMap { Int($0) } as? Value
        }
    }

    private enum Shape: Sendable, Equatable { case round }

    @Test("a value comes back as the type it is, as what it can be cast to, or as what it can be made into")
    func typed() throws {
        let session = Session(["number": 5, "text": "7", "shape": Shape.round, "list": ["a"], "bad": "x"])
        #expect(try session.attribute("number", as: Int.self) == 5)
        #expect(try session.attribute("shape", as: Shape.self) == .round)
        #expect(try session.attribute("list", as: [String].self) == ["a"])
        #expect(try session.attribute("list", as: (any Collection & Sendable).self)?.count == 1)
        #expect(try session.attribute("text", as: Int.self) == 7)
        #expect(try session.attribute("bad", as: Int.self) == nil)
        #expect(try session.attribute("number", as: String.self) == nil)
        #expect(try session.attribute("none", as: Int.self) == nil)
        try session.removeAttribute("number")
        #expect(session.attributeNames == ["bad", "list", "shape", "text"])
    }
}

@Suite struct ModuleTests {
    @Test("a module survives its way to the container, and makes what it offers by name")
    func handedOver() throws {
        struct Listener: EventListener {}
        let module = ServletModule(name: "m", listeners: ["L": { Listener() }])
        let adopted = ServletModule.adopted(module.retainedForHost())
        #expect(adopted === module && adopted.name == "m")
        #expect(adopted.servlets.isEmpty && adopted.filters.isEmpty)
        #expect(try adopted.listeners["L"]?() is Listener)
    }

    @Test("the exported symbol carries the version")
    func stamp() { #expect(ServletModule.stampPrefix + "\(ServletModule.apiVersion)" == "caracal_servlet_api_1") }
}

@Suite struct NameTests {
    @Test("the words of descriptors and attributes are Jakarta's")
    func words() {
        #expect(
            DispatcherType.allCases.map(\.rawValue) == ["REQUEST", "FORWARD", "INCLUDE", "ASYNC", "ERROR"]
        )
        let matches: [HttpServletMapping.Match] = [.contextRoot, .default, .exact, .extension, .path]
        #expect(matches.map(\.rawValue) == ["CONTEXT_ROOT", "DEFAULT", "EXACT", "EXTENSION", "PATH"])
        let cookie = SessionCookieConfig()
        #expect(cookie.name == nil && cookie.maxAge == -1 && !cookie.httpOnly && !cookie.secure)
    }
}
