import ServletAPI

/// `/servlets/servlet/RequestInfoExample/*`: what the container knows of the request.
struct RequestInfoExample: HttpServlet {
    var allowedMethods: [String] { ["GET", "HEAD", "POST", "OPTIONS"] }

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        // The links are absolute: with path info a relative one would lead astray.
        let links = request.servletContext.contextPath + "/servlets"
        var page = Page(title: "Request Information Example", links: links, description: "reqinfo.html")
        var rows = [
            ("Method:", request.method),
            ("Request URI:", request.requestURI),
            ("Protocol:", request.protocolName),
            ("Path Info:", request.pathInfo ?? "null"),
            ("Remote Address:", request.remoteAddr),
        ]
        if let cipherSuite = request.attribute("jakarta.servlet.request.cipher_suite") as? String {
            rows.append(("SSLCipherSuite:", cipherSuite))
        }
        page.appendTable(rows)
        try await page.send(response)
    }

    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await self.doGet(request, response)
    }
}
