import Testing

@Suite struct ScanTests {
    static func code(_ text: String) -> String {
        String(decoding: SourceText(Array(text.utf8)).code, as: UTF8.self)
    }

    @Test(
        "comments and strings are blanked, code is not",
        arguments: [
            ("a // b\nc", "a     \nc"), ("a /* b /* c */ d */ e", "a                   e"), (#"a "b" c"#, "a     c"),
            (#"a "b\"c" d"#, "a        d"), (##"a #"b"c"# d"##, "a         d"),
            (#"a "\(f("x"))" d"#, "a             d"),
            ("a \"\"\"\n b \" {\n \"\"\" d", "a    \n      \n     d"), (##"a #"\(b"# c"##, "a         c"),
            (#"a "\("b)")" c"#, "a           c"), ("\"open\nb", "     \nb"), ("", ""),
            (#"if #available"#, "if #available"),
        ]
    )
    func blanks(text: String, code: String) {
        #expect(Self.code(text) == code)
    }

    static let functions: [(String, [FunctionScan])] = [
        ("func a() {}", [FunctionScan(name: "a", line: 1, length: 1, parameters: 0)]),
        (
            "struct S {\n    init?(a: Int, b: [Int: String] = [:]) {\n    }\n    func f<T: P, U>(_ g: (Int, Int) -> T) throws {\n        {}()\n    }\n}",
            [
                FunctionScan(name: "init", line: 2, length: 2, parameters: 2),
                FunctionScan(name: "f", line: 4, length: 3, parameters: 1),
            ]
        ),
        ("protocol P {\n    func a(b: Int)\n    var c: Int { get }\n}", []),
        (
            "func a(\n    b: Int,\n    c: Int,\n) async -> Dictionary<Int, Int>\nwhere X == Y\n{\n}",
            [FunctionScan(name: "a", line: 1, length: 7, parameters: 2)]
        ),
        ("static func == (a: A, b: A) -> Bool { true }", [FunctionScan(name: "==", line: 1, length: 1, parameters: 2)]),
        ("self.init(a: 1) { }\nlet x = S.init(b: 2)", []),
        ("subscript(a: Int) -> Int { 1 }", [FunctionScan(name: "subscript", line: 1, length: 1, parameters: 1)]),
        (
            "func a() {\n    func b(c: Int) {\n    }\n}",
            [
                FunctionScan(name: "a", line: 1, length: 4, parameters: 0),
                FunctionScan(name: "b", line: 2, length: 2, parameters: 1),
            ]
        ),
    ]

    @Test("functions are found with their length and parameters", arguments: functions)
    func scans(text: String, functions: [FunctionScan]) {
        #expect(SourceText(Array(text.utf8)).functions() == functions)
    }

    @Test(
        "banned words are found in code and not in strings",
        arguments: [
            ("try! f()", ["try!"]), ("\"try!\"", []), ("x as! Y", ["as!"]), ("// TO" + "DO", ["TO" + "DO"]),
            ("class A: @unchecked Sendable {}", ["@unchecked Sendable"]),
            ("// SAFETY: one thread\nclass A: @unchecked Sendable {}", []), ("canvas!.draw()", []),
        ]
    )
    func bans(text: String, words: [String]) {
        #expect(Bans.words(in: SourceText(Array(text.utf8))) == words)
    }

    @Test(
        "starting a task is told from naming one",
        arguments: [
            ("Task { }", true), ("let t = Task(priority: .high) { }", true), ("Task.detached { }", true),
            ("Task.immediate { }", true),
            ("var task: Task<Void, Never>?", false), ("withTaskGroup {}", false), ("Task.yield()", false),
            ("MyTask { }", false),
        ]
    )
    func tasks(text: String, starts: Bool) {
        #expect(Bans.startsTask(SourceText(Array(text.utf8))) == starts)
    }

    @Test(
        "waiting for time to pass is found, also below a name of its own",
        arguments: [
            ("try await Task.sleep(for: .seconds(1))", ["Task.sleep"]), ("usleep(3)", ["usleep("]),
            ("Glibc.sleep(1)", []), ("// sleep(1)", []), ("oversleep(1)", []),
        ]
    )
    func sleeps(text: String, words: [String]) {
        #expect(Bans.sleeps(SourceText(Array(text.utf8))) == words)
    }

    static let types: [(String, [TypeScan])] = [
        ("struct S { let a = 1; var b: Int }", [TypeScan(name: "S", stored: ["a", "b"])]),
        ("struct S {\n    static let a = 1\n    class var b: Int { 1 }\n}", [TypeScan(name: "S", stored: [])]),
        (
            "final class C<T>: P where T: Q {\n    var a: Int { 1 }\n    var b: [Int] {\n        didSet { f() }\n    }\n}",
            [TypeScan(name: "C", stored: ["b"])]
        ),
        (
            "actor A {\n    lazy var a = { let x = 1 }()\n    struct S { let b: Int }\n    func f() { let c = 1 }\n}",
            [TypeScan(name: "A", stored: ["a"]), TypeScan(name: "S", stored: ["b"])]
        ),
        ("var f: (Int) -> Void\nclass func g() {}\nextension S { var a: Int { let b = 1 } }", []),
        ("struct S {\n    var f: (Int) -> Void\n    init() {}\n}", [TypeScan(name: "S", stored: ["f"])]),
    ]

    @Test("what each type stores is found", arguments: types)
    func stored(text: String, types: [TypeScan]) {
        #expect(SourceText(Array(text.utf8)).types().map(\.name) == types.map(\.name))
        #expect(SourceText(Array(text.utf8)).types().map(\.stored) == types.map(\.stored))
    }

    @Test("what nobody is told about is found")
    func undocumented() {
        let text = """
            struct S {
                /// One.
                @A @B
                var a = 1
                @C
                /// Two.
                var b: Int

                var c: Int
                private var d: Int
                // Three.
                var e: Int
                let f: Int
            }
            """
        #expect(SourceText(Array(text.utf8)).types().map(\.undocumented) == [["c", "e"]])
    }

    @Test(
        "computed properties are found with their length",
        arguments: [
            ("var a: Int { 1 }", ["a 1"]), ("var a: Int {\n    get { 1 }\n    set {}\n}", ["a 4"]),
            ("protocol P { var a: Int { get async throws } }", []), ("var a = { 1 }()", []),
            ("static var a: [Int: X<Y>]\n{\n}", ["a 3"]), ("let a: Int\nfunc f() {}", []), ("var a: Int\nf {}", []),
        ]
    )
    func computed(text: String, properties: [String]) {
        #expect(SourceText(Array(text.utf8)).computedProperties().map { "\($0.name) \($0.length)" } == properties)
    }

    @Test("the manifest's targets are read with what they depend on")
    func manifest() {
        let manifest = Manifest(
            """
            let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
            library("A"), library("B", ["A", nioCore], resources: []),
            tests("B", ["B",\n nioCore]),
            .target(name: "D", dependencies: [\n"A"], path: "Tests/D")
            """
        )
        #expect(
            manifest.targets == [
                Manifest.Target(folder: "Sources/A", dependencies: []),
                Manifest.Target(folder: "Sources/B", dependencies: ["A", "NIOCore"]),
                Manifest.Target(folder: "Tests/BTests", dependencies: ["B", "NIOCore"]),
                Manifest.Target(folder: "Tests/D", dependencies: ["A"]),
            ]
        )
        #expect(manifest.isDependency("NIOCore") && manifest.isDependency("A") && !manifest.isDependency("Glibc"))
    }

    @Test("imports are read in every form")
    func imports() {
        let text =
            "import A\npackage import B\n@testable import C\nimport struct D.E\n// import F\nlet x = 1 // import G"
        #expect(SourceText(Array(text.utf8)).imports() == ["A", "B", "C", "D"])
    }

    @Test("an import against the strata is found")
    func graph() {
        #expect(
            TargetGraph.violations(target: "Coyote", folder: "", imports: ["CatalinaCore", "NIOCore"]) == [
                "CatalinaCore"
            ]
        )
        #expect(TargetGraph.violations(target: "CatalinaCore", folder: "Mapper", imports: ["NIOCore"]) == ["NIOCore"])
        #expect(TargetGraph.violations(target: "Modeler", folder: "", imports: ["Foundation"]) == ["Foundation"])
    }
}
