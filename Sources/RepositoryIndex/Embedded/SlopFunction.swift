import GRDB
import GRDBSQLite

/// `index_slop(index_text, slop, twins)`: 1 where the tokens of a phrase stand near enough, else 0.
///
/// The expression must have a phrase per token of the phrase, in their order, and after them one for
/// ``IndexToken/gap``. `twins` holds per token an `Int64`: the earlier equal token, or -1.
/// Source: SQLite, "FTS5 Extension", section 7: custom auxiliary functions.
enum SlopFunction {
    static let name = "index_slop"

    static func register(on db: Database) {
        let api = FTS5.api(db)
        _ = api.pointee.xCreateFunction(
            UnsafeMutablePointer(mutating: api),
            self.name,
            nil,
            { SlopFunction.evaluate($0, $1, $2, $3, $4) },
            nil
        )
    }

    static func encoded(_ twins: [Int?]) -> [UInt8] {
        twins.flatMap { twin in withUnsafeBytes(of: Int64(twin ?? -1)) { Array($0) } }
    }

    private static func evaluate(
        _ api: UnsafePointer<Fts5ExtensionApi>?,
        _ context: OpaquePointer?,
        _ result: OpaquePointer?,
        _ count: Int32,
        _ values: UnsafeMutablePointer<OpaquePointer?>?
    ) {
        guard let api, count == 2, let slop = values?[0], let blob = values?[1], let bytes = sqlite3_value_blob(blob)
        else { return sqlite3_result_int(result, 0) }
        let buffer = UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_value_bytes(blob)))
        let tokens = buffer.count / MemoryLayout<Int64>.size
        let twins = (0..<tokens).map { index in
            let twin = buffer.loadUnaligned(fromByteOffset: index * MemoryLayout<Int64>.size, as: Int64.self)
            return twin < 0 ? nil : Int(twin)
        }
        let places = (0..<tokens).map { self.places(of: Int32($0), api, context) }
        let isFound = SloppyPhrase.isFound(
            places: places,
            twins: twins,
            gaps: self.places(of: Int32(tokens), api, context),
            slop: Int(sqlite3_value_int64(slop))
        )
        sqlite3_result_int(result, isFound ? 1 : 0)
    }

    private static func places(
        of phrase: Int32,
        _ api: UnsafePointer<Fts5ExtensionApi>,
        _ context: OpaquePointer?
    ) -> [Int] {
        var iterator = Fts5PhraseIter()
        var column: Int32 = 0
        var offset: Int32 = 0
        var places: [Int] = []
        guard api.pointee.xPhraseFirst(context, phrase, &iterator, &column, &offset) == SQLITE_OK else { return [] }
        while column >= 0 {
            places.append(Int(offset))
            api.pointee.xPhraseNext(context, &iterator, &column, &offset)
        }
        return places
    }
}
