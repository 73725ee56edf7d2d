import GRDB
import RepositoryCore

/// The tables of objects, and the statements on them.
///
/// - `object(id, type, txn, json, internal)`: the full form of an object as JSON text, spelt as it was stored, and
///   apart from it the internal metadata, which never leaves the server; `txn` repeats `metadata.txnId`.
/// - `payload(object_id, name, file, size)`: which file holds a payload's bytes; filename and media type stand
///   in the object's JSON.
/// - `setting(key, value)`: what the storage keeps about itself.
///
/// Ids compare byte by byte (SQLite's binary collation), which is also the order of ``ObjectID``. SQLite's texts
/// end at a NUL character, so no id, type or payload name may hold one: see ``checkTexts(of:)``.
enum ObjectTable {
    /// One object as the table holds it.
    struct Row: Sendable {
        let id: ObjectID
        let type: String
        let txnId: Int64
        let json: String
        let internalMetadata: String?
        let payloadNames: [String]

        init(_ object: DigitalObject) {
            self.id = object.id
            self.type = object.type
            self.txnId = object.metadata.txnId ?? 0
            self.json = object.json.serialized()
            let internalMetadata = object.metadata.internalMetadata
            self.internalMetadata = internalMetadata.isEmpty ? nil : JSONValue.object(internalMetadata).serialized()
            self.payloadNames = object.payloads.map(\.name)
        }
    }

    static func register(in migrator: inout DatabaseMigrator) {
        migrator.registerMigration("1 objects") { db in
            try db.execute(
                sql: """
                    CREATE TABLE object (
                        id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, txn INTEGER NOT NULL,
                        json TEXT NOT NULL, internal TEXT
                    );
                    CREATE INDEX object_type ON object (type, id);
                    CREATE TABLE payload (
                        object_id TEXT NOT NULL, name TEXT NOT NULL, file TEXT NOT NULL UNIQUE, size INTEGER NOT NULL,
                        PRIMARY KEY (object_id, name)
                    ) WITHOUT ROWID;
                    CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
                    """
            )
        }
    }

    /// Refuses what SQLite would cut short.
    ///
    /// - Throws: 400.
    static func checkTexts(of object: DigitalObject) throws(RepositoryError) {
        guard !object.id.text.hasNUL else { throw .badRequest("Invalid handle: \(object.id)") }
        guard !object.type.hasNUL else { throw .badRequest("Unknown type \(object.type)") }
        for payload in object.payloads where payload.name.hasNUL {
            throw .badRequest("Invalid payload name: \(payload.name)")
        }
    }

    static func insert(_ row: Row, in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO object (id, type, txn, json, internal) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """
        )
        try statement.execute(arguments: [row.id.text, row.type, row.txnId, row.json, row.internalMetadata])
        guard db.changesCount == 1 else { throw StorageError.alreadyExists(row.id) }
    }

    static func update(_ row: Row, in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "UPDATE object SET type = ?, txn = ?, json = ?, internal = ? WHERE id = ?"
        )
        try statement.execute(arguments: [row.type, row.txnId, row.json, row.internalMetadata, row.id.text])
        guard db.changesCount == 1 else { throw StorageError.missing(row.id) }
    }

    static func delete(_ id: ObjectID, in db: Database) throws {
        guard !id.text.hasNUL else { throw StorageError.missing(id) }
        try db.cachedStatement(sql: "DELETE FROM object WHERE id = ?").execute(arguments: [id.text])
        guard db.changesCount == 1 else { throw StorageError.missing(id) }
    }

    static func object(_ id: ObjectID, in db: Database) throws -> DigitalObject? {
        guard !id.text.hasNUL else { return nil }
        let statement = try db.cachedStatement(sql: "SELECT json, internal FROM object WHERE id = ?")
        guard let row = try GRDB.Row.fetchOne(statement, arguments: [id.text]) else { return nil }
        var object = try DigitalObject(json: JSONValue(parsing: row[0] as String))
        if let text = row[1] as String?, let internalMetadata = try JSONValue(parsing: text).object {
            object.metadata.internalMetadata = internalMetadata
        }
        return object
    }

    /// The number of the transaction that wrote the object last; nil where there is no such object.
    static func txnId(of id: ObjectID, in db: Database) throws -> Int64? {
        let statement = try db.cachedStatement(sql: "SELECT txn FROM object WHERE id = ?")
        return try Int64.fetchOne(statement, arguments: [id.text])
    }

    static func contains(_ id: ObjectID, in db: Database) throws -> Bool {
        guard !id.text.hasNUL else { return false }
        let statement = try db.cachedStatement(sql: "SELECT 1 FROM object WHERE id = ?")
        return try Int.fetchOne(statement, arguments: [id.text]) != nil
    }

    static func ids(after id: ObjectID?, type: String?, limit: Int, in db: Database) throws -> [ObjectID] {
        if let type, type.hasNUL { return [] }
        let after = id?.text ?? ""
        let texts: [String]
        if let type {
            let sql = "SELECT id FROM object WHERE type = ? AND id > ? ORDER BY id LIMIT ?"
            texts = try String.fetchAll(db.cachedStatement(sql: sql), arguments: [type, after, limit])
        } else {
            let sql = "SELECT id FROM object WHERE id > ? ORDER BY id LIMIT ?"
            texts = try String.fetchAll(db.cachedStatement(sql: sql), arguments: [after, limit])
        }
        return texts.map { ObjectID($0) }
    }

    static func count(in db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM object") ?? 0
    }
}

/// The statements on the table `payload`.
enum PayloadTable {
    /// A payload's file and its size in bytes.
    struct Entry: Sendable {
        let file: PayloadFiles.Key
        let size: Int64
    }

    static func entry(_ name: String, of id: ObjectID, in db: Database) throws -> Entry? {
        guard !name.hasNUL, !id.text.hasNUL else { return nil }
        let statement = try db.cachedStatement(sql: "SELECT file, size FROM payload WHERE object_id = ? AND name = ?")
        let row = try GRDB.Row.fetchOne(statement, arguments: [id.text, name])
        return row.map { Entry(file: $0[0], size: $0[1]) }
    }

    static func put(_ entry: Entry, _ name: String, of id: ObjectID, in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO payload (object_id, name, file, size) VALUES (?, ?, ?, ?)"
        )
        try statement.execute(arguments: [id.text, name, entry.file, entry.size])
    }

    /// Names and files of an object's payloads.
    static func files(of id: ObjectID, in db: Database) throws -> [(name: String, file: PayloadFiles.Key)] {
        let statement = try db.cachedStatement(sql: "SELECT name, file FROM payload WHERE object_id = ?")
        return try GRDB.Row.fetchAll(statement, arguments: [id.text]).map { (name: $0[0], file: $0[1]) }
    }

    static func delete(_ name: String, of id: ObjectID, in db: Database) throws {
        let statement = try db.cachedStatement(sql: "DELETE FROM payload WHERE object_id = ? AND name = ?")
        try statement.execute(arguments: [id.text, name])
    }

    static func contains(file: PayloadFiles.Key, in db: Database) throws -> Bool {
        let statement = try db.cachedStatement(sql: "SELECT 1 FROM payload WHERE file = ?")
        return try Int.fetchOne(statement, arguments: [file]) != nil
    }
}

extension String {
    /// Whether the text holds U+0000, at which SQLite takes it to end.
    var hasNUL: Bool { self.utf8.contains(0) }
}

/// The statements on the table `setting`.
enum SettingTable {
    static func value(_ key: String, in db: Database) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM setting WHERE key = ?", arguments: [key])
    }

    static func set(_ key: String, _ value: String?, in db: Database) throws {
        if let value {
            try db.execute(sql: "INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)", arguments: [key, value])
        } else {
            try db.execute(sql: "DELETE FROM setting WHERE key = ?", arguments: [key])
        }
    }
}
