/// Keeps values that are likely to be secrets out of logs and reports, judged by the names they go by.
package enum SecretMask {
    private static let words = ["password", "passwd", "secret", "token", "credential", "apikey", "api_key"]

    /// The value, or `***` if its name sounds like that of a secret.
    package static func shown(_ value: String, of name: String) -> String {
        let lower = name.lowercased()
        return self.words.contains { lower.contains($0) } ? "***" : value
    }

    /// A word of a command line; of `-Dname=value` the value is masked where its name asks for it.
    package static func shown(argument word: String) -> String {
        guard word.hasPrefix("-D"), let equals = word.firstIndex(of: "=") else { return word }
        let value = String(word[word.index(after: equals)...])
        return word[...equals] + self.shown(value, of: String(word[..<equals]))
    }
}

extension SystemProperties {
    /// All properties by name; the values of those that are likely to hold a secret are masked.
    package var shown: [(name: String, value: String)] {
        self.all.sorted { $0.key < $1.key }.map { ($0, SecretMask.shown($1, of: $0)) }
    }
}
