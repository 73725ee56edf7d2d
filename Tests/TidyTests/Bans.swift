/// Words that must not stand in the code.
enum Bans {
    private static let inCode = ["try!", "as!", "fatalError(", "@_cdecl", "@_silgen_name"]
    private static let inText = ["TO" + "DO", "FIX" + "ME"]
    /// These need a line `// SAFETY:` that says why they are right, above or beside.
    private static let unchecked = ["@unchecked Sendable", "nonisolated(unsafe)"]
    /// Lines above in which the reason may stand.
    private static let reasonDistance = 8

    static let allowedInTests: Set<String> = ["try!", "fatalError("]

    /// The banned words of a file, each once.
    static func words(in source: SourceText) -> [String] {
        let code = source.codeLines
        let lines = source.lines
        var found = Self.inCode.filter { word in code.contains { Self.contains($0, word) } }
        found += Self.inText.filter { word in lines.contains { $0.contains(word) } }
        for word in Self.unchecked {
            let isUnexplained = code.indices.contains { index in
                code[index].contains(word)
                    && !lines[max(0, index - Self.reasonDistance)...index].contains { $0.contains("// SAFETY:") }
            }
            if isUnexplained { found.append(word) }
        }
        return found
    }

    static func startsTask(_ source: SourceText) -> Bool {
        source.codeLines.contains { line in
            ["Task {", "Task(", "Task.detached", "Task.immediate", "Task<"].contains {
                Self.contains(line, $0) && !line.contains("-> Task<")
            }
                && !line.contains("var ") && !line.contains(": Task<")
        }
    }

    /// Ways of waiting for time to pass that the file uses, each once.
    static func sleeps(_ source: SourceText) -> [String] {
        let code = source.codeLines
        return ["Task.sleep", "Thread.sleep", "sleep(", "usleep(", "nanosleep("].filter { word in
            code.contains { Self.contains($0, word) }
        }
    }

    /// Whether the word stands there by itself, not as the end of a longer one.
    private static func contains(_ line: Substring, _ word: String) -> Bool {
        var rest = line
        while let range = rest.firstRange(of: word) {
            let before = rest[..<range.lowerBound].last
            if before.map({ !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "." }) ?? true { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }
}

extension SourceText {
    /// Names of the modules that the file imports.
    func imports() -> [String] {
        self.codeLines.compactMap { line in
            let words = line.split(separator: " ")
            guard let index = words.firstIndex(of: "import"), index + 1 < words.count,
                words[..<index].allSatisfy({
                    $0.hasPrefix("@") || ["package", "public", "internal", "private", "fileprivate"].contains($0)
                })
            else { return nil }
            let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
            let name = kinds.contains(words[index + 1]) && index + 2 < words.count ? words[index + 2] : words[index + 1]
            return name.split(separator: ".").first.map(String.init)
        }
    }
}
