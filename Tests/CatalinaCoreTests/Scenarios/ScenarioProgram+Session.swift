import ServletAPI

@testable import CatalinaCore

extension ScenarioProgram {
    /// Steps that concern the request's session.
    func useSession(_ step: String, _ name: String, _ value: String?) async throws -> Bool {
        let (request, trace) = (self.request, self.trace)
        switch step {
        case "session": _ = try await request.session()
        case "noSession": self.add("session \(try await request.session(create: false) != nil)")
        case "sset": try await request.session().setAttribute(name, value)
        case "sbind": try await request.session().setAttribute(name, Bound(text: value ?? "", trace: trace))
        case "sget": self.add("\(name)=\(Self.text(try await request.session().attribute(name)))")
        case "sremove": try await request.session().removeAttribute(name)
        case "snames":
            self.add("snames [\(try await request.session().attributeNames.sorted().joined(separator: ", "))]")
        case "snew": self.add("new \(try await request.session().isNew)")
        case "sinvalidate": try await request.session().invalidate()
        case "sinterval": try await request.session().maxInactiveInterval = Int(name) ?? 0
        case "sshow": self.add("interval \(try await request.session().maxInactiveInterval)")
        case "keep": trace.keptSession = try await request.session()
        case "kept": try self.useKept(name)
        case "changeId":
            let old = try await request.session(create: false)?.id
            self.add("changed \(try await request.changeSessionId() != old)")
        case "sid":
            self.add(
                "sid \(request.requestedSessionId != nil) \(request.isRequestedSessionIdValid) "
                    + "\(request.isRequestedSessionIdFromCookie) \(request.isRequestedSessionIdFromURL)"
            )
        case "encode": self.add(ScenarioTests.hidingIDs(self.response.encodeURL(name)))
        default: return false
        }
        return true
    }

    /// Uses a session that may have ended.
    private func useKept(_ what: String) throws {
        guard let session = self.trace.keptSession else { return }
        switch what {
        case "get": self.add(Self.text(try session.attribute("x")))
        case "set": try session.setAttribute("x", "y")
        case "names": _ = try session.attributeNames
        case "remove": try session.removeAttribute("x")
        case "id": self.add("id \(session.id.count)")
        case "new": self.add("new \(try session.isNew)")
        case "created": _ = try session.creationTime
        case "accessed": _ = try session.lastAccessedTime
        case "interval": self.add("interval \(session.maxInactiveInterval)")
        case "invalidate": try session.invalidate()
        default: throw IllegalArgumentError(what)
        }
    }

    /// Steps that concern the application.
    func useContext(_ step: String, _ name: String, _ value: String?) async throws -> Bool {
        let context = self.request.servletContext
        switch step {
        case "cset": context.setAttribute(name, value)
        case "cremove": context.setAttribute(name, nil)
        case "cget": self.add("\(name)=\(Self.text(context.attribute(name)))")
        case "dispatcher": self.add("\(name) \(context.requestDispatcher(name) != nil)")
        case "relative": self.add("\(name) \(self.request.requestDispatcher(name) != nil)")
        case "named": self.add("\(name) \(context.namedDispatcher(name) != nil)")
        case "mime": self.add("\(name) \(context.mimeType(name) ?? "null")")
        case "paths":
            let paths = context.resourcePaths(name).map { "[\($0.sorted().joined(separator: ", "))]" }
            self.add("\(name) \(paths ?? "null")")
        case "resource":
            let text = try await context.resource(name).map { String(decoding: $0, as: UTF8.self) }
            self.add("\(name) \(text.map { $0.replacing("\n", with: "") } ?? "null")")
        case "real":
            let root = context.realPath("/") ?? ""
            self.add("\(name) \(context.realPath(name)?.replacing(root, with: "ROOT/") ?? "null")")
        default: return false
        }
        return true
    }

    private static func text(_ value: (any Sendable)?) -> String { value.map { "\($0)" } ?? "null" }
}

/// A value that hears of where it is kept.
private struct Bound: HttpSessionBindingListener, CustomStringConvertible {
    let text: String
    let trace: ScenarioTrace

    var description: String { self.text }

    func valueBound(_ session: any HttpSession, _ name: String) { self.trace.add("bound \(name)=\(self.text)") }
    func valueUnbound(_ session: any HttpSession, _ name: String) { self.trace.add("unbound \(name)=\(self.text)") }
}
