import Foundation

/// The files of this package, as the rules see them.
struct Repository: Sendable {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Paths relative to the root, sorted, of files with that extension below those folders.
    static func files(below folders: [String], withExtension ending: String) -> [String] {
        folders.flatMap { folder -> [String] in
            let directory = self.root.appending(path: folder).path(percentEncoded: false)
            let names = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
            return names.filter { $0.hasSuffix("." + ending) && !$0.split(separator: "/").contains(".build") }
                .map { folder + "/" + $0 }
        }.sorted()
    }

    static func bytes(of path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: self.root.appending(path: path)))
    }

    /// The sources by the folder of their target, as `Sources/Coyote`.
    static func folders() -> [String: [SourceText]] {
        Dictionary(
            grouping: self.sources,
            by: { $0.path.split(separator: "/").prefix(2).joined(separator: "/") }
        ).mapValues { $0.map(\.text) }
    }

    /// Every Swift file, read and scanned once.
    static let sources: [(path: String, text: SourceText)] = {
        Repository.files(below: ["Sources", "Tests"], withExtension: "swift").compactMap { path in
            (try? Repository.bytes(of: path)).map { (path, SourceText($0)) }
        }
    }()
}

/// What may break a rule, with the reason: `Tests/tidy-exceptions.tsv`, of rule, file, place and reason.
///
/// An entry that is not needed any more fails its rule, so that the list only shrinks.
enum Exceptions {
    static func listed(for rule: String) throws -> Set<Violation> {
        let text = String(decoding: try Repository.bytes(of: "Tests/tidy-exceptions.tsv"), as: UTF8.self)
        let rows = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
            $0.split(separator: "\t").map(String.init)
        }
        return Set(rows.filter { $0.first == rule && $0.count == 4 }.map { Violation(file: $0[1], place: $0[2]) })
    }
}

/// A rule broken: where, and by what.
struct Violation: Hashable, CustomStringConvertible {
    let file: String
    /// A function's name, a module's name, or a word.
    let place: String

    var description: String { "\(self.file): \(self.place)" }
}
