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
            ("var task: Task<Void, Never>?", false), ("withTaskGroup {}", false), ("Task.yield()", false),
            ("MyTask { }", false),
        ]
    )
    func tasks(text: String, starts: Bool) {
        #expect(Bans.startsTask(SourceText(Array(text.utf8))) == starts)
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
