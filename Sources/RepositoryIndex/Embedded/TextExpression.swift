/// An FTS5 expression over the tokens of the index, with what each of its phrases adds to the score.
struct TextExpression: Equatable {
    /// What a phrase that is found in a document adds to its score.
    struct Weight: Equatable {
        var value: Double
        /// Phrases of one group count once together and however often they are found; nil for a phrase that
        /// counts by its frequency.
        var group: Int?

        static let none = Weight(value: 0, group: nil)
    }

    /// FTS5's parser keeps a stack of a hundred symbols; deeper expressions are evaluated in parts.
    static let depthMaximum = 12

    let text: String
    /// In the order of the phrases in `text`.
    let weights: [Weight]
    /// Levels of parentheses.
    let depth: Int
    /// Whether all documents that match score the same.
    let isUniform: Bool

    private init(text: String, weights: [Weight], depth: Int, isUniform: Bool) {
        self.text = text
        self.weights = weights
        self.depth = depth
        self.isUniform = isUniform
    }

    /// One phrase; `isPrefix` takes its last token for the beginning of one.
    init(tokens: [[UInt8]], isPrefix: Bool = false, weight: Weight) {
        self.init(
            text: Self.quoted(tokens) + (isPrefix ? " *" : ""),
            weights: [weight],
            depth: 0,
            isUniform: weight.value == 0 || weight.group != nil
        )
    }

    /// One of several tokens, whichever of them counting the same.
    init(oneOf tokens: [[UInt8]], weight: Weight) {
        self.init(
            text: tokens.map { Self.quoted([$0]) }.joined(separator: " OR "),
            weights: Array(repeating: weight, count: tokens.count),
            depth: tokens.count == 1 ? 0 : 1,
            isUniform: true
        )
    }

    /// Phrases of one token each, near each other in any order.
    init(near tokens: [[UInt8]], distance: Int) {
        let phrases = tokens.map { Self.quoted([$0]) }.joined(separator: " ")
        self.init(
            text: "NEAR(\(phrases), \(distance))",
            weights: Array(repeating: .none, count: tokens.count),
            depth: 0,
            isUniform: true
        )
    }

    private static func quoted(_ tokens: [[UInt8]]) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        for (index, token) in tokens.enumerated() {
            if index > 0 { bytes.append(IndexToken.separator) }
            for byte in token {
                if byte == UInt8(ascii: "\"") { bytes.append(byte) }
                bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Every part has to match.
    static func all(_ parts: [TextExpression]) -> TextExpression {
        self.join(parts, "AND", isUniform: parts.allSatisfy(\.isUniform))
    }

    /// Some part has to match.
    static func any(_ parts: [TextExpression]) -> TextExpression {
        self.join(parts, "OR", isUniform: !parts.contains(where: \.isScored))
    }

    private static func join(_ parts: [TextExpression], _ operation: String, isUniform: Bool) -> TextExpression {
        guard parts.count != 1 else { return parts[0] }
        return TextExpression(
            text: parts.map(\.group).joined(separator: " \(operation) "),
            weights: parts.flatMap(\.weights),
            depth: 1 + (parts.map(\.depth).max() ?? 0),
            isUniform: isUniform
        )
    }

    private var group: String { self.depth == 0 ? self.text : "(\(self.text))" }

    func excluding(_ other: TextExpression) -> TextExpression {
        TextExpression(
            text: "\(self.group) NOT \(other.group)",
            weights: self.weights + other.unscored.weights,
            depth: 1 + max(self.depth, other.depth),
            isUniform: self.isUniform
        )
    }

    /// The same documents, those that match one of the parts with its score added.
    func preferring(_ parts: [TextExpression]) -> TextExpression {
        .any([.all([self.unscored, .any(parts)]), self])
    }

    var unscored: TextExpression {
        TextExpression(
            text: self.text,
            weights: self.weights.map { _ in .none },
            depth: self.depth,
            isUniform: true
        )
    }

    var isScored: Bool { self.weights.contains { $0.value != 0 } }

    /// The weights as the SQL function `index_score` takes them: per phrase a `Double` and an `Int64`, native order.
    var encodedWeights: [UInt8] {
        var bytes: [UInt8] = []
        for weight in self.weights {
            withUnsafeBytes(of: weight.value) { bytes.append(contentsOf: $0) }
            withUnsafeBytes(of: Int64(weight.group ?? -1)) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }
}
