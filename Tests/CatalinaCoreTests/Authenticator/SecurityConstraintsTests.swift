import TestSupport
import Testing

@testable import CatalinaCore

@Suite struct SecurityConstraintsTests {
    @Test("roles decide as in Tomcat", arguments: Vectors.rows("10/10_realm_roles.jsonl"))
    func roles(row: VectorRow) throws {
        let lists =
            row.value.object?.keys.contains("constraint_roles") == true
            ? [row["constraint_roles"]] : [row["constraint_one_roles"], row["constraint_two_roles"]]
        let constraints = lists.map { LoginApplication.constraint("/*", roles: $0.strings) }
        let user = row["user_roles"].strings
        let all = SecurityConstraints(constraints, applicationRoles: row["application_roles"].strings ?? [])
        let isPermitted = all.permit(
            all.matching("/", method: "GET"),
            isAuthenticated: user != nil,
            allRolesMode: .strict
        ) { user?.contains($0) == true }
        row.expect(isPermitted, equals: try row.bool("expected"))
    }

    @Test(
        "the role * means what the realm says",
        arguments: [
            ("strict", ["a"], ["b"], false), ("strict", ["a"], ["a"], true), ("strict", [], ["a"], false),
            ("authOnly", ["a"], ["b"], true), ("authOnly", [], [], true),
            ("strictAuthOnly", ["a"], ["b"], false), ("strictAuthOnly", [], ["b"], true),
        ]
    )
    func allRoles(mode: String, declared: [String], user: [String], isPermitted: Bool) throws {
        let all = SecurityConstraints([LoginApplication.constraint("/*", roles: ["*"])], applicationRoles: declared)
        let mode = try #require(RealmSettings.AllRolesMode(rawValue: mode))
        #expect(
            all.permit(all.matching("/", method: "GET"), isAuthenticated: true, allRolesMode: mode) {
                user.contains($0)
            } == isPermitted
        )
    }

    @Test("the role * does not open what another constraint closes for everybody")
    func closed() {
        let constraints = [
            LoginApplication.constraint("/*", roles: ["*"]), LoginApplication.constraint("/*", roles: []),
        ]
        let all = SecurityConstraints(constraints, applicationRoles: [])
        let found = all.matching("/", method: "GET")
        #expect(!all.needLogin(found))
        #expect(!all.permit(found, isAuthenticated: true, allRolesMode: .authOnly) { _ in true })
    }

    // Each constraint's only role is its pattern.
    private static let patterns = ["/a", "/a/*", "/a/b/*", "/a/b/c", "*.do", "/", "/x/*", ""]

    @Test(
        "the best kind of pattern wins",
        arguments: [
            ("/a", "/a"), ("/a/", "/a/*"), ("/a/x.do", "/a/*"), ("/a/b", "/a/b/*"), ("/a/b/", "/a/b/*"),
            ("/a/bc", "/a/*"), ("/a/b/c", "/a/b/c"), ("/a/b/c/d", "/a/b/*"), ("/b.do", "*.do"), ("/b/c.do", "*.do"),
            ("/b.do/c", "/"), ("/b.DO", "/"), ("/b.", "/"), ("/b", "/"), ("/ab", "/"), ("/x", "/x/*"), ("/X", "/"),
        ]
    )
    func kinds(path: String, pattern: String) {
        let all = SecurityConstraints(
            Self.patterns.map { LoginApplication.constraint($0, roles: [$0]) },
            applicationRoles: []
        )
        #expect(all.matching(path, method: "GET").map(\.roles) == [[pattern]])
    }

    @Test("the root of the application is named by /, and by the empty pattern")
    func root() {
        let all = SecurityConstraints(
            Self.patterns.map { LoginApplication.constraint($0, roles: [$0]) },
            applicationRoles: []
        )
        for path in ["", "/"] { #expect(all.matching(path, method: "GET").map(\.roles) == [["/"], [""]]) }
    }

    @Test(
        "a method that the best pattern does not speak of falls to others only behind a prefix",
        arguments: [
            ("/exact", "POST", ["named"]), ("/exact", "GET", []), ("/p/x.do", "POST", ["prefix"]),
            ("/p/x.do", "GET", ["suffix"]), ("/p/x", "GET", ["default"]), ("/x.do", "GET", ["suffix"]),
            ("/x.cgi", "GET", []), ("/x.cgi", "POST", ["cgi"]), ("/y", "GET", ["default"]),
        ]
    )
    func methods(path: String, method: String, roles: [String]) {
        let all = SecurityConstraints(
            [
                LoginApplication.constraint("/exact", methods: ["POST"], roles: ["named"]),
                LoginApplication.constraint("/p/*", methods: ["POST"], roles: ["prefix"]),
                LoginApplication.constraint("*.do", roles: ["suffix"]),
                LoginApplication.constraint("*.cgi", methods: ["POST"], roles: ["cgi"]),
                LoginApplication.constraint("/", roles: ["default"]),
            ],
            applicationRoles: []
        )
        #expect(all.matching(path, method: method).flatMap { $0.roles ?? [] } == roles)
    }

    @Test("omitted methods are those that a collection does not speak of")
    func omission() {
        var constraint = LoginApplication.constraint("/*", roles: ["r"])
        constraint.collections[0].omittedMethods = ["GET", "HEAD"]
        let all = SecurityConstraints([constraint], applicationRoles: [])
        #expect(all.matching("/x", method: "GET").isEmpty)
        #expect(all.matching("/x", method: "get").count == 1)
        #expect(all.matching("/x", method: "FOO").count == 1)
    }

    @Test("methods that no constraint speaks of are found, and denied if asked")
    func uncovered() {
        var omitting = LoginApplication.constraint("/o", roles: ["r"])
        omitting.collections[0].omittedMethods = ["GET", "PUT"]
        var completing = LoginApplication.constraint("/o", methods: ["PUT"], roles: ["r"])
        completing.collections[0].name = "more"
        let constraints = [
            LoginApplication.constraint("/m", methods: ["POST", "GET"], roles: ["r"]),
            LoginApplication.constraint("/all", methods: ["POST"], roles: ["r"]),
            LoginApplication.constraint("/all", roles: nil), omitting, completing,
        ]
        let open = UncoveredMethods(constraints, denied: false)
        #expect(
            open.messages == [
                "For security constraints with URL pattern [/m] only the HTTP methods [GET POST] are covered. All other"
                    + " methods are uncovered.",
                "For security constraints with URL pattern [/o] the HTTP methods [GET] are uncovered.",
            ]
        )
        #expect(open.denials.isEmpty)
        let closed = UncoveredMethods(constraints, denied: true)
        #expect(closed.messages.count == 2)
        let all = SecurityConstraints(constraints + closed.denials, applicationRoles: [])
        let isOpen = { (path: String, method: String) in
            all.permit(all.matching(path, method: method), isAuthenticated: true, allRolesMode: .strict) { _ in true }
        }
        #expect(isOpen("/m", "GET") && isOpen("/m", "POST") && !isOpen("/m", "PUT"))
        #expect(isOpen("/all", "DELETE"))
        #expect(!isOpen("/o", "GET") && isOpen("/o", "PUT") && isOpen("/o", "POST"))
    }

    @Test("roles that are used without having been declared are declared, with a warning each")
    func declaring() {
        var model = ApplicationModel()
        model.securityRoles = ["a"]
        model.securityConstraints = [LoginApplication.constraint("/*", roles: ["a", "b", "*", "**"])]
        var servlet = ServletDefinition(name: "s", className: "s")
        servlet.runAs = "c"
        servlet.securityRoleReferences = ["x": "d", "y": "a"]
        model.servlets = [servlet]
        let warnings = model.declareUsedRoles()
        #expect(model.securityRoles == ["a", "b", "c", "d"])
        #expect(
            warnings == [
                "Security role name [b] used in an <auth-constraint> without being defined in a <security-role>",
                "Security role name [c] used in a <run-as> without being defined in a <security-role>",
                "Security role name [d] used in a <role-link> without being defined in a <security-role>",
            ]
        )
    }
}
