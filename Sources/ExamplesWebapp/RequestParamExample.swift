import ServletAPI

/// `/servlets/servlet/RequestParamExample`: a form, and the parameters it sent.
struct RequestParamExample: HttpServlet {
    var allowedMethods: [String] { ["GET", "HEAD", "POST", "OPTIONS"] }

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let parameters = await request.parameters()
        let first = parameters.first("firstname")
        let last = parameters.first("lastname")
        var page = Page(title: "Request Parameters Example", description: "reqparams.html")
        page.append("<p>Parameters in this request:<br>")
        if first != nil || last != nil {
            page.append("First Name: = \((first ?? "null").escaped)<br>")
            page.append("Last Name: = \((last ?? "null").escaped)</p>")
        } else {
            page.append("None yet: fill in the form and send it.</p>")
        }
        page.append(
            """
            <form action="RequestParamExample" method="POST">
            <label>First Name: <input type="text" size="20" name="firstname"></label><br>
            <label>Last Name: <input type="text" size="20" name="lastname"></label><br>
            <input type="submit">
            </form>
            """
        )
        try await page.send(response)
    }

    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await self.doGet(request, response)
    }
}
