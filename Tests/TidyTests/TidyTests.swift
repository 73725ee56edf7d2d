import Foundation
import Testing

@Suite struct TidyTests {
    static let fileLinesMaximum = 600
    static let functionLinesMaximum = 70
    static let parametersMaximum = 6
    static let storedPropertiesMaximum = 12

    func expect(_ rule: String, _ violations: [Violation]) throws {
        let listed = try Exceptions.listed(for: rule)
        let found = Set(violations)
        for violation in violations.sorted(by: { $0.description < $1.description }) where !listed.contains(violation) {
            Issue.record("\(rule): \(violation)")
        }
        for stale in listed.subtracting(found) {
            Issue.record("no longer needed in tidy-exceptions.tsv: \(rule), \(stale)")
        }
    }

    @Test("there is something to check")
    func reads() {
        #expect(Repository.sources.count > 50)
    }

    @Test("no file is longer than 600 lines")
    func fileLength() throws {
        try self.expect(
            "file",
            Repository.sources.filter { $0.text.lines.count - 1 > Self.fileLinesMaximum }
                .map { Violation(file: $0.path, place: "lines") }
        )
    }

    @Test("no function is longer than 70 lines or has more than 6 parameters")
    func functions() throws {
        var long: [Violation] = []
        var wide: [Violation] = []
        for source in Repository.sources {
            for function in source.text.functions() {
                let violation = Violation(file: source.path, place: function.name)
                if function.length > Self.functionLinesMaximum { long.append(violation) }
                if function.parameters > Self.parametersMaximum { wide.append(violation) }
            }
        }
        try self.expect("function", long)
        try self.expect("parameters", wide)
    }

    @Test("no computed property is longer than 70 lines")
    func computedProperties() throws {
        try self.expect(
            "property",
            Repository.sources.flatMap { source in
                source.text.computedProperties().filter { $0.length > Self.functionLinesMaximum }
                    .map { Violation(file: source.path, place: $0.name) }
            }
        )
    }

    @Test("no type stores more than 12 properties, a Configuration apart")
    func storedProperties() throws {
        try self.expect(
            "stored",
            Repository.sources.flatMap { source in
                source.text.types().filter {
                    $0.stored.count > Self.storedPropertiesMaximum && !$0.name.hasSuffix("Configuration")
                }.map { Violation(file: source.path, place: $0.name) }
            }
        )
    }

    @Test("every attribute of a configuration says what it is")
    func documentation() throws {
        try self.expect(
            "undocumented",
            Repository.sources.filter { $0.path.hasPrefix("Sources/") }.flatMap { source in
                source.text.types().filter { $0.name.hasSuffix("Configuration") }.flatMap { type in
                    type.undocumented.map { Violation(file: source.path, place: "\(type.name).\($0)") }
                }
            }
        )
    }

    @Test("nothing is forced, unfinished or unchecked without a reason")
    func bans() throws {
        var violations: [Violation] = []
        for source in Repository.sources {
            let isTest = source.path.hasPrefix("Tests/")
            for word in Bans.words(in: source.text) where !(isTest && Bans.allowedInTests.contains(word)) {
                violations.append(Violation(file: source.path, place: word))
            }
        }
        try self.expect("ban", violations)
    }

    @Test("unstructured tasks are only where somebody holds and cancels them")
    func tasks() throws {
        let files = Repository.sources.filter { $0.path.hasPrefix("Sources/") && Bans.startsTask($0.text) }
        try self.expect("task", files.map { Violation(file: $0.path, place: "Task") })
    }

    @Test("no test sleeps")
    func sleeps() throws {
        try self.expect(
            "sleep",
            Repository.sources.filter { $0.path.hasPrefix("Tests/") }.flatMap { source in
                Bans.sleeps(source.text).map { Violation(file: source.path, place: $0) }
            }
        )
    }

    @Test("a target depends on what it imports, and on nothing else")
    func dependencies() throws {
        let manifest = Manifest(String(decoding: try Repository.bytes(of: "Package.swift"), as: UTF8.self))
        #expect(manifest.targets.count > 20)
        let folders = Repository.folders()
        var violations: [Violation] = []
        for target in manifest.targets {
            let imports = Set(folders[target.folder, default: []].flatMap { $0.imports() })
            let known = imports.filter(manifest.isDependency)
            violations += known.subtracting(target.dependencies).map {
                Violation(file: target.folder, place: "imports \($0) without depending on it")
            }
            violations += target.dependencies.subtracting(known).map {
                Violation(file: target.folder, place: "depends on \($0) without importing it")
            }
        }
        try self.expect("dependency", violations)
    }

    @Test("a target imports only what lies beneath it")
    func imports() throws {
        var violations: [Violation] = []
        for source in Repository.sources {
            let parts = source.path.split(separator: "/").map(String.init)
            guard parts[0] == "Sources", parts.last != "Package.swift" else { continue }
            let names = TargetGraph.violations(
                target: parts[1],
                folder: parts.count > 3 ? parts[2] : "",
                imports: source.text.imports()
            )
            violations += names.map { Violation(file: source.path, place: $0) }
        }
        try self.expect("import", violations)
    }

    @Test("public is for what webapps link against, a module's entry, and what other targets' values specialize")
    func publicDeclarations() throws {
        let specialized = ["Sources/CatalinaSession/NamedValues.swift"]
        let files = Repository.sources.filter { source in
            source.path.hasPrefix("Sources/") && !source.path.hasPrefix("Sources/ServletAPI/")
                && source.path.split(separator: "/").last != "Module.swift" && !specialized.contains(source.path)
                && source.text.codeLines.contains { $0.split(separator: " ").contains("public") }
        }
        try self.expect("public", files.map { Violation(file: $0.path, place: "public") })
    }

    @Test("no file names a place outside the repository")
    func places() throws {
        let paths = ["Sources", "Tests", "bin", "conf", "webapps"].flatMap { folder in
            ["swift", "md", "sh", "html", "xml", "properties", "py", "h"].flatMap {
                Repository.files(below: [folder], withExtension: $0)
            }
        }
        // Put together here, so that this file does not name them.
        let words = ["/work/" + "main", "/work/" + ".library", "../" + "shared", "/tmp/" + "wt/"]
        var violations: [Violation] = []
        for path in paths {
            let text = String(decoding: try Repository.bytes(of: path), as: UTF8.self)
            violations += words.filter { text.contains($0) }.map { Violation(file: path, place: $0) }
        }
        try self.expect("place", violations)
    }

    @Test("every link of the static pages leads to a file")
    func links() throws {
        try self.expect("link", try Links.broken())
    }
}
