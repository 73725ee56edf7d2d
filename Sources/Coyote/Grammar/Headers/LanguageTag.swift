/// Language tags with the case that RFC 5646 recommends.
package enum LanguageTag {
    /// The well-formed front of a tag: language, script, region, variants, extensions, private use.
    ///
    /// What follows an ill-formed subtag is cut off; `und` where nothing is left. Old codes are replaced by the
    /// new, an extended language takes the place of its prefix.
    package static func canonical(_ tag: String) -> String {
        var subtags = tag.utf8.split(separator: ASCII.hyphen, omittingEmptySubsequences: false)[...]
        guard let first = subtags.first else { return "und" }
        if first.elementsEqual("x".utf8) || first.elementsEqual("X".utf8) {
            return self.privateUse(&subtags).map { $0.joined(separator: "-") } ?? "und"
        }
        guard (2...8).contains(first.count), first.allSatisfy(\.isAlpha) else { return "und" }
        var parts = [self.language(&subtags)]
        if let script = self.take(&subtags, where: { $0.count == 4 && $0.allSatisfy(\.isAlpha) }) {
            parts.append(self.titlecased(script))
        }
        if let region = self.take(&subtags, where: self.isRegion) { parts.append(region.uppercased()) }
        while let variant = self.take(&subtags, where: self.isVariant) { parts.append(variant) }
        parts.append(contentsOf: self.extensions(&subtags))
        parts.append(contentsOf: self.privateUse(&subtags) ?? [])
        return parts.joined(separator: "-")
    }

    private typealias Subtags = ArraySlice<Substring.UTF8View>

    private static let replacements = ["iw": "he", "ji": "yi", "in": "id"]

    private static func language(_ subtags: inout Subtags) -> String {
        let language = self.text(subtags.removeFirst()).asciiLowercased
        guard language.utf8.count <= 3,
            let extended = self.take(&subtags, where: { $0.count == 3 && $0.allSatisfy(\.isAlpha) })
        else { return self.replacements[language] ?? language }
        while self.take(&subtags, where: { $0.count == 3 && $0.allSatisfy(\.isAlpha) }) != nil {}
        return extended.asciiLowercased
    }

    private static func isRegion(_ subtag: Substring.UTF8View) -> Bool {
        subtag.count == 2 && subtag.allSatisfy(\.isAlpha) || subtag.count == 3 && subtag.allSatisfy(\.isDigit)
    }

    private static func isVariant(_ subtag: Substring.UTF8View) -> Bool {
        guard let first = subtag.first, subtag.allSatisfy({ $0.isAlpha || $0.isDigit }) else { return false }
        return (5...8).contains(subtag.count) || subtag.count == 4 && first.isDigit
    }

    /// Each singleton with at least one subtag of two to eight characters.
    private static func extensions(_ subtags: inout Subtags) -> [String] {
        var parts: [String] = []
        while let singleton = subtags.first, singleton.count == 1, let letter = singleton.first,
            letter.isAlpha || letter.isDigit, letter | 0x20 != UInt8(ascii: "x")
        {
            var rest = subtags.dropFirst()
            var values: [String] = []
            while let value = self.take(&rest, where: { (2...8).contains($0.count) && self.isAlphanumeric($0) }) {
                values.append(value.asciiLowercased)
            }
            guard !values.isEmpty else { break }
            parts.append(self.text(singleton).asciiLowercased)
            parts.append(contentsOf: values)
            subtags = rest
        }
        return parts
    }

    private static func privateUse(_ subtags: inout Subtags) -> [String]? {
        guard let singleton = subtags.first, singleton.count == 1, let letter = singleton.first,
            letter | 0x20 == UInt8(ascii: "x")
        else { return nil }
        subtags.removeFirst()
        var parts = ["x"]
        while let part = self.take(&subtags, where: { (1...8).contains($0.count) && self.isAlphanumeric($0) }) {
            parts.append(part.asciiLowercased)
        }
        return parts.count > 1 ? parts : nil
    }

    private static func isAlphanumeric(_ subtag: Substring.UTF8View) -> Bool {
        subtag.allSatisfy { $0.isAlpha || $0.isDigit }
    }

    private static func take(
        _ subtags: inout Subtags,
        where condition: (Substring.UTF8View) -> Bool
    ) -> String? {
        guard let first = subtags.first, condition(first) else { return nil }
        subtags.removeFirst()
        return self.text(first)
    }

    private static func titlecased(_ text: String) -> String {
        let lowered = text.asciiLowercased
        return lowered.prefix(1).uppercased() + lowered.dropFirst()
    }

    private static func text(_ subtag: Substring.UTF8View) -> String { String(decoding: subtag, as: UTF8.self) }
}
