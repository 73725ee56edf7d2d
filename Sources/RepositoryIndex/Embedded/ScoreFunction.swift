import GRDB
import GRDBSQLite

/// `index_score(index_text, weights)`: what a document that FTS5 found scores.
///
/// A phrase found f times adds weight × f × 2.2 / (f + 1.2), the frequency part of BM25 without regard to the
/// document's length, which for a document of many fields says nothing; its weight already holds how rare it is.
/// Phrases of one group add their greatest weight once.
/// Source: SQLite, "FTS5 Extension", section 7: custom auxiliary functions.
enum ScoreFunction {
    static let name = "index_score"
    static let saturation = 1.2

    /// What a phrase found so many times adds per unit of weight.
    static func share(ofFrequency frequency: Int) -> Double {
        Double(frequency) * (self.saturation + 1) / (Double(frequency) + self.saturation)
    }

    static func register(on db: Database) {
        let api = FTS5.api(db)
        let mutable = UnsafeMutablePointer(mutating: api)
        _ = api.pointee.xCreateFunction(
            mutable,
            self.name,
            nil,
            { (api, context, result, count, values) in ScoreFunction.evaluate(api, context, result, count, values) },
            nil
        )
    }

    private static let stride = MemoryLayout<Double>.size + MemoryLayout<Int64>.size

    private static func evaluate(
        _ api: UnsafePointer<Fts5ExtensionApi>?,
        _ context: OpaquePointer?,
        _ result: OpaquePointer?,
        _ count: Int32,
        _ values: UnsafeMutablePointer<OpaquePointer?>?
    ) {
        guard let api, count == 1, let value = values?.pointee, let blob = sqlite3_value_blob(value) else {
            return sqlite3_result_double(result, 0)
        }
        let weights = UnsafeRawBufferPointer(start: blob, count: Int(sqlite3_value_bytes(value)))
        var score = 0.0
        var group: Int64 = -1
        var groupScore = 0.0
        for phrase in 0..<(weights.count / self.stride) {
            let offset = phrase * self.stride
            let weight = weights.loadUnaligned(fromByteOffset: offset, as: Double.self)
            guard weight != 0 else { continue }
            let phraseGroup = weights.loadUnaligned(fromByteOffset: offset + 8, as: Int64.self)
            let frequency = self.frequency(Int32(phrase), api, context, isOnceEnough: phraseGroup >= 0)
            guard frequency > 0 else { continue }
            if phraseGroup < 0 {
                score += weight * self.share(ofFrequency: frequency)
            } else if phraseGroup == group {
                groupScore = max(groupScore, weight)
            } else {
                score += groupScore
                groupScore = weight
                group = phraseGroup
            }
        }
        sqlite3_result_double(result, score + groupScore)
    }

    private static func frequency(
        _ phrase: Int32,
        _ api: UnsafePointer<Fts5ExtensionApi>,
        _ context: OpaquePointer?,
        isOnceEnough: Bool
    ) -> Int {
        var iterator = Fts5PhraseIter()
        var column: Int32 = 0
        var offset: Int32 = 0
        var count = 0
        guard api.pointee.xPhraseFirst(context, phrase, &iterator, &column, &offset) == SQLITE_OK else { return 0 }
        while column >= 0 {
            count += 1
            if isOnceEnough { break }
            api.pointee.xPhraseNext(context, &iterator, &column, &offset)
        }
        return count
    }
}
