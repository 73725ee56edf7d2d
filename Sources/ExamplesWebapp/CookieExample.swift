import ServletAPI

/// `/servlets/servlet/CookieExample`: the cookies the client sent, and a form that makes one.
struct CookieExample: HttpServlet {
    var allowedMethods: [String] { ["GET", "HEAD", "POST", "OPTIONS"] }

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let parameters = await request.parameters()
        var made: Cookie?
        if let name = parameters.first("cookiename"), let value = parameters.first("cookievalue") {
            var cookie = Cookie(name, value)
            cookie.path = request.contextPath + "/"
            try response.addCookie(cookie)
            made = cookie
        }
        var page = Page(title: "Cookies Example", description: "cookies.html")
        try await self.appendReceived(to: &page, request)
        if let made {
            page.append("<p>This answer sets a cookie:<br>")
            page.append("Name: \(made.name.escaped)<br>Value: \(made.value.escaped)</p>")
        }
        page.append(
            """
            <p>Make a cookie for your browser:</p>
            <form action="CookieExample" method="POST">
            <label>Name: <input type="text" name="cookiename"></label><br>
            <label>Value: <input type="text" name="cookievalue"></label><br>
            <input type="submit">
            </form>
            """
        )
        try await page.send(response)
    }

    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await self.doGet(request, response)
    }

    private func appendReceived(to page: inout Page, _ request: any HttpServletRequest) async throws {
        guard !request.cookies.isEmpty else {
            return page.append("<p>Your browser sent no cookies.</p>")
        }
        let sessionId = try await request.session(create: false)?.id
        page.append("<p>Your browser sent these cookies:</p>")
        for cookie in request.cookies {
            let value = SessionIdFilter.shown(name: cookie.name, value: cookie.value, sessionId: sessionId)
            page.append("<p>Cookie Name: \(cookie.name.escaped)<br>Cookie Value: \(value.escaped)</p>")
        }
    }
}
