import ServletAPI

/// `/servlets/servlet/HelloWorldExample`: a greeting.
struct HelloWorldExample: HttpServlet {
    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await Page(title: "Hello World!", description: "helloworld.html").send(response)
    }
}
