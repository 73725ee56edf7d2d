import ServletAPI

/// `/servlets/servlet/SessionExample`: the caller's session, and forms that add to it and take from it.
struct SessionExample: HttpServlet {
    /// Attributes that one session may hold, so that a visitor cannot fill the memory.
    private static let attributeCountMaximum = 10

    var allowedMethods: [String] { ["GET", "HEAD", "POST", "OPTIONS"] }

    func doGet(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        let session = try await request.session()
        let parameters = await request.parameters()
        var page = Page(title: "Sessions Example", description: "sessions.html")
        page.append(
            """
            <p>Session ID: \(session.id.escaped)<br>
            Created: \(Self.date(try session.creationTime))<br>
            Last Accessed: \(Self.date(try session.lastAccessedTime))</p>
            """
        )
        if let name = parameters.first("dataname") {
            try self.store(name, parameters.first("datavalue"), in: session, page: &page)
        }
        page.append("<p>The following data is in your session:<br>")
        for name in try session.attributeNames {
            let value = try session.attribute(name).map { "\($0)" } ?? "null"
            let delete = response.encodeURL("SessionExample?dataname=" + name.encodedForQuery)
            page.append("\(name.escaped) = \(value.escaped) <a href=\"\(delete.escaped)\">delete</a><br>")
        }
        page.append("</p>")
        try self.appendForms(to: &page, session, response)
        try await page.send(response)
    }

    func doPost(_ request: any HttpServletRequest, _ response: any HttpServletResponse) async throws {
        try await self.doGet(request, response)
    }

    /// Stores a value, or removes it when there is none.
    private func store(_ name: String, _ value: String?, in session: any HttpSession, page: inout Page) throws {
        guard let value else { return try session.removeAttribute(name) }
        guard try session.attributeNames.count < Self.attributeCountMaximum else {
            return page.append(
                "<p>[\(name.escaped)] was not added: the session holds \(Self.attributeCountMaximum) attributes already."
                    + " Delete one first.</p>"
            )
        }
        try session.setAttribute(name, value)
    }

    private func appendForms(
        to page: inout Page,
        _ session: any HttpSession,
        _ response: any HttpServletResponse
    ) throws {
        guard try session.attributeNames.count < Self.attributeCountMaximum else {
            return page.append("<p>The session is full: \(Self.attributeCountMaximum) attributes are the limit.</p>")
        }
        let action = response.encodeURL("SessionExample").escaped
        for method in ["POST", "GET"] {
            page.append(
                """
                <form action="\(action)" method="\(method)">
                <label>Name of Session Attribute: <input type="text" size="20" name="dataname"></label><br>
                <label>Value of Session Attribute: <input type="text" size="20" name="datavalue"></label><br>
                <input type="submit" value="Add by \(method)">
                </form>
                """
            )
        }
        let link = response.encodeURL("SessionExample?dataname=exampleName&datavalue=exampleValue")
        page.append("<p><a href=\"\(link.escaped)\">URL encoded</a></p>")
    }

    /// Milliseconds since 1970 as text, in UTC: `Sat Nov 21 09:02:49 UTC 2026`.
    static func date(_ milliseconds: Int64) -> String {
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let seconds = Int(milliseconds / 1000)
        let days = seconds / 86_400
        // Years start in March here, so that the leap day is the last one of its year.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let time = "\(two(seconds / 3600 % 24)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
        return "\(weekdays[days % 7]) \(months[(month + 2) % 12]) \(two(day)) \(time) UTC \(year)"
    }
}
