/// What a path asks of whoever calls it, before the servlet looks at the object.
enum AccessRule: Equatable, Sendable {
    /// Anybody, without looking at credentials.
    case unauthenticated
    /// Anybody; the servlet judges by object and type.
    case open
    case authenticated
    /// As ``authenticated``, also for those who have to change their password first.
    case passwordChange
    case admin
    /// Nobody: sessions by cookie, which tokens have replaced.
    case legacySession
    /// Nobody: the path is not one of the repository's.
    case nobody

    private static let staticFolders = ["/css/", "/js/", "/img/", "/lib/", "/schemaTemplates"]
    private static let servlets = [
        "/objects", "/search", "/acls", "/schemas", "/design", "/initData", "/check-credentials", "/batchUpload",
    ]

    static func rule(method: String, path: String) -> AccessRule {
        if self.matches(path, "/startupStatus") || self.matches(path, "/auth") { return .unauthenticated }
        if self.matches(path, "/sessions") { return .legacySession }
        if self.matches(path, "/users/this/password") { return .passwordChange }
        if self.matches(path, "/adminPassword") || self.matches(path, "/uploadObjects") { return .admin }
        if self.servlets.contains(where: { self.matches(path, $0) }) { return .open }
        let isPage = path == "/" || path.isEmpty || path.hasSuffix(".html") || path == "/favicon.ico"
        let isFile = isPage || self.staticFolders.contains { path.hasPrefix($0) }
        return isFile && (method == "GET" || method == "HEAD") ? .open : .nobody
    }

    private static func matches(_ path: String, _ prefix: String) -> Bool {
        path == prefix || path.hasPrefix(prefix + "/")
    }
}
