import ServletAPI

/// Keeps the application from starting.
struct FailingListener: ServletContextListener {
    func contextInitialized(_ context: any ServletContext) async throws {
        throw ServletError("the listener has no disk")
    }
}

/// Cannot be used; whether its application starts is for `failCtxIfServletStartFails` to say.
struct FailingServlet: HttpServlet {
    func initialize(_ config: any ServletConfig) async throws { throw ServletError("the servlet has no database") }
}
