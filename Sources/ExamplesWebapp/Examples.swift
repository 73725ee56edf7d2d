package import ServletAPI

/// What the application consists of, by the class names of its web.xml.
package enum Examples {
    package static func module() -> ServletModule {
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
        )
    }
}
