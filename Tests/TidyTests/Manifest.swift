/// What Package.swift says of its targets, read as text: the package cannot ask SwiftPM about itself while it is being tested.
struct Manifest {
    struct Target: Equatable {
        /// From the root, as `Sources/Coyote`.
        let folder: String
        let dependencies: Set<String>
    }

    let targets: [Target]
    /// Products of other packages by the constant that stands for them.
    private let products: [String: String]

    init(_ text: String) {
        let products = Dictionary(
            uniqueKeysWithValues: text.matches(of: /let (\w+): Target\.Dependency = \.product\(name: "(\w+)"/).map {
                (String($0.1), String($0.2))
            }
        )
        self.products = products
        let declarations = /(?:\b(library|tests)\(\s*"|\.(?:executableTarget|target)\(\s*name: ")(\w+)"/
        self.targets = text.matches(of: declarations).map { match in
            let name = String(match.2)
            let rest = text[match.range.upperBound...]
            var folder = "Sources/\(name)"
            if match.1 == "tests" { folder = "Tests/\(name)Tests" }
            if let path = rest.prefix(while: { $0 != ")" }).firstMatch(of: /path: "([^"]+)"/) {
                folder = String(path.1)
            }
            var dependencies: Set<String> = []
            if let list = rest.prefixMatch(of: /,\s*(?:dependencies: )?\[([^\]]*)\]/) {
                dependencies = Set(
                    list.1.matches(of: /"(\w+)"|(\w+)/).map { word in
                        word.1.map(String.init) ?? products[String(word.2 ?? "")] ?? String(word.0)
                    }
                )
            }
            return Target(folder: folder, dependencies: dependencies)
        }
    }

    /// Whether a module of that name is something that a target has to depend on, not a part of the system.
    func isDependency(_ module: String) -> Bool {
        self.products.values.contains(module)
            || self.targets.contains { target in
                target.folder.hasSuffix("/\(module)") || target.dependencies.contains(module)
            }
    }
}
