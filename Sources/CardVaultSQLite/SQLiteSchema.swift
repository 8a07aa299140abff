// SPDX-License-Identifier: Apache-2.0
internal import CardVault

/// The tables of the store. They are part of the documented format: see the article on the wire
/// format.
enum SQLiteSchema {
    /// Counts up with every change of the tables.
    static let version: Int64 = 3
    /// Marks the file as a card vault's store: "CVlt".
    static let applicationID: Int64 = 0x4356_6c74

    /// Every table.
    static let tableNames = [
        "vault", "pin", "key_sets", "keys", "cards", "fingerprints", "holds", "audit_heads",
        "audit", "registers",
    ]

    /// Settings of every connection.
    ///
    /// Checkpoints are the store's own business (see `SQLiteStore`), so SQLite takes none by
    /// itself.
    static let pragmas = """
        PRAGMA wal_autocheckpoint = 0;
        PRAGMA synchronous = FULL;
        PRAGMA fullfsync = ON;
        PRAGMA checkpoint_fullfsync = ON;
        PRAGMA secure_delete = ON;
        PRAGMA temp_store = MEMORY;
        PRAGMA trusted_schema = OFF;
        PRAGMA cache_size = -16384;
        """

    /// Cards lie in the order of their tokens, so that time-ordered tokens append; fingerprints
    /// have a table of their own, so that their random order costs the cards nothing.
    static let tables = """
        CREATE TABLE vault (
          row INTEGER PRIMARY KEY CHECK (row = 1),
          id BLOB NOT NULL
        ) STRICT;
        CREATE TABLE pin (
          row INTEGER PRIMARY KEY CHECK (row = 1),
          vault BLOB NOT NULL,
          generation INTEGER NOT NULL,
          keyring_code BLOB NOT NULL,
          required INTEGER NOT NULL,
          seal_key BLOB NOT NULL,
          code BLOB NOT NULL,
          audit_chains INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE TABLE key_sets (
          number INTEGER PRIMARY KEY,
          scope TEXT NOT NULL UNIQUE,
          epoch INTEGER NOT NULL,
          seal_key BLOB NOT NULL,
          code BLOB NOT NULL
        ) STRICT;
        CREATE TABLE keys (
          number INTEGER PRIMARY KEY,
          key_set INTEGER NOT NULL,
          id BLOB NOT NULL UNIQUE,
          purpose TEXT NOT NULL,
          suite INTEGER NOT NULL,
          sequence INTEGER NOT NULL,
          fence TEXT NOT NULL,
          state TEXT NOT NULL,
          dates BLOB NOT NULL,
          wrapped_by INTEGER,
          wrapped BLOB
        ) STRICT;
        CREATE INDEX keys_by_set ON keys (key_set);
        CREATE TABLE cards (
          token BLOB PRIMARY KEY,
          key INTEGER NOT NULL,
          box BLOB NOT NULL,
          format INTEGER NOT NULL,
          display TEXT NOT NULL,
          brand INTEGER NOT NULL,
          expiry INTEGER,
          created INTEGER NOT NULL,
          expires INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX cards_by_key ON cards (key);
        CREATE TABLE fingerprints (
          key INTEGER NOT NULL,
          format INTEGER NOT NULL,
          fingerprint BLOB NOT NULL,
          token BLOB NOT NULL,
          PRIMARY KEY (key, format, fingerprint)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX fingerprints_by_token ON fingerprints (token);
        \(tablesSinceVersion2)
        \(tablesSinceVersion3)
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = \(version);
        """

    private static let tablesSinceVersion2 = """
        CREATE INDEX cards_by_end ON cards (expires) WHERE expires IS NOT NULL;
        CREATE TABLE holds (
          id BLOB PRIMARY KEY,
          scope TEXT NOT NULL,
          key INTEGER NOT NULL,
          kind INTEGER NOT NULL,
          box BLOB NOT NULL,
          created INTEGER NOT NULL,
          expires INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX holds_by_key ON holds (key);
        CREATE INDEX holds_by_end ON holds (expires);
        CREATE TABLE audit_heads (
          chain INTEGER PRIMARY KEY CHECK (chain = 0),
          sequence INTEGER NOT NULL,
          head BLOB NOT NULL,
          first_kept INTEGER NOT NULL,
          seal_key BLOB NOT NULL,
          code BLOB NOT NULL
        ) STRICT;
        CREATE TABLE audit (
          sequence INTEGER PRIMARY KEY,
          entry BLOB NOT NULL
        ) STRICT;
        """

    private static let tablesSinceVersion3 = """
        CREATE TABLE registers (
          register TEXT NOT NULL,
          key BLOB NOT NULL,
          content BLOB NOT NULL,
          seal_key BLOB NOT NULL,
          code BLOB NOT NULL,
          PRIMARY KEY (register, key)
        ) STRICT, WITHOUT ROWID;
        """

    /// What makes the tables of a version those of the next: version 1 had no holds and no audit
    /// log, version 2 no registers.
    private static let upgrades: [Int64: String] = [
        1: """
        ALTER TABLE pin ADD COLUMN audit_chains INTEGER NOT NULL DEFAULT 0;
        \(tablesSinceVersion2)
        """,
        2: tablesSinceVersion3,
    ]

    /// Brings the tables of an older release to this one's, all at once.
    static func upgrade(_ connection: SQLiteConnection) throws(StoreError) {
        guard try isOlder(connection) else { return }
        try connection.transaction(.beginImmediate) { () throws(StoreError) in
            // Somebody else may have done it meanwhile.
            guard try isOlder(connection) else { return }
            for version in try pragma("user_version", connection)..<Self.version {
                try connection.execute(upgrades[version] ?? "")
            }
            try connection.execute("PRAGMA user_version = \(version)")
        }
    }

    /// Whether the file may be a store, of this release or an older one, or an empty file.
    ///
    /// - Throws: `notAStore` for another program's file, `newerSchema` for a later release's.
    static func check(_ connection: SQLiteConnection) throws(StoreError) {
        guard try !isOlder(connection) else { return }
        _ = try isThere(connection)
    }

    /// Whether the file has the tables of an older release.
    private static func isOlder(_ connection: SQLiteConnection) throws(StoreError) -> Bool {
        let application = try pragma("application_id", connection)
        let version = try pragma("user_version", connection)
        return application == applicationID && (1..<Self.version).contains(version)
    }

    /// Whether the file has the tables: false for an empty file.
    ///
    /// - Throws: `notAStore` for another program's file, `newerSchema` for a later release's.
    static func isThere(_ connection: SQLiteConnection) throws(StoreError) -> Bool {
        let application = try pragma("application_id", connection)
        let version = try pragma("user_version", connection)
        let tableCount = try integer("SELECT count(*) FROM sqlite_schema", connection)
        if application == 0 && version == 0 && tableCount == 0 { return false }
        guard application == applicationID else { throw StoreError(.notAStore) }
        guard version <= Self.version else { throw StoreError(.newerSchema) }
        guard version == Self.version else { throw StoreError(.corrupt) }
        return true
    }

    private static func pragma(
        _ name: String, _ connection: SQLiteConnection
    ) throws(StoreError) -> Int64 {
        try integer("PRAGMA \(name)", connection)
    }

    private static func integer(
        _ sql: String, _ connection: SQLiteConnection
    ) throws(StoreError) -> Int64 {
        let statement = try connection.prepare(sql)
        guard try statement.step() else { throw StoreError(.corrupt) }
        return statement.integer(0)
    }
}
