import ServletAPI

/// The module's one exported symbol: the container calls it once, after loading the library.
@c(servlet_module_entry)
public func servletModuleEntry() -> UnsafeMutableRawPointer {
    ServletModule(
        name: "examples",
        servlets: [
            "HelloWorldExample": { HelloWorldExample() },
            "RequestInfoExample": { RequestInfoExample() },
            "RequestHeaderExample": { RequestHeaderExample() },
            "RequestParamExample": { RequestParamExample() },
            "CookieExample": { CookieExample() },
            "SessionExample": { SessionExample() },
            "HelloServlet": { HelloServlet() },
            "CounterServlet": { CounterServlet() },
        ]
    ).retainedForHost()
}
