// SPDX-License-Identifier: Apache-2.0
import BareC

/// The tables of the store, filled without a vault.
public final class BareStore {
    private let folder: TemporaryFolder
    private var database: OpaquePointer?
    private let insertCard: OpaquePointer?
    private let insertFingerprint: OpaquePointer?
    private let insertEntry: OpaquePointer?
    private let select: OpaquePointer?
    private var reader: OpaquePointer?
    private let selectApart: OpaquePointer?
    /// The keys of the rows.
    public private(set) var tokens: [[UInt8]] = []

    /// Makes empty tables.
    public init() throws {
        folder = try TemporaryFolder()
        sqlite3_open(folder.path + "/cards.db", &database)
        precondition(bare_exec(database, bare_schema) == SQLITE_OK)
        insertCard = bare_prepare(database, "INSERT INTO cards VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        insertFingerprint = bare_prepare(database, "INSERT INTO fingerprints VALUES (?, ?, ?, ?)")
        insertEntry = bare_prepare(database, "INSERT INTO audit (entry) VALUES (?)")
        select = bare_prepare(database, "SELECT * FROM cards WHERE token = ?")
        sqlite3_open(folder.path + "/cards.db", &reader)
        precondition(bare_exec(reader, "PRAGMA cache_size = -16384") == SQLITE_OK)
        selectApart = bare_prepare(reader, "SELECT * FROM cards WHERE token = ?")
    }

    /// Rows in one transaction: tokens in order, fingerprints sorted.
    public func insert(_ count: Int) {
        let box = [UInt8](repeating: 1, count: 50)
        bare_exec(database, "BEGIN IMMEDIATE")
        var fingerprints: [[UInt8]] = []
        for _ in 0..<count {
            let serial = UInt64(tokens.count)
            tokens.append([1] + bytes(serial) + bytes(serial &* 0x9e37_79b9_7f4a_7c15))
            fingerprints.append(
                bytes(serial &* 0xd134_2543_de82_ef95) + bytes(serial &* 0xaf25_1af3_b0f0_25b5))
        }
        fingerprints.sort { $0.lexicographicallyPrecedes($1) }
        for (token, fingerprint) in zip(tokens.suffix(count), fingerprints) {
            precondition(bare_insert_fingerprint(insertFingerprint, fingerprint, token) == 1)
        }
        for token in tokens.suffix(count) {
            precondition(bare_insert_card(insertCard, token, box) == 1)
        }
        bare_exec(database, "COMMIT")
    }

    /// One durable row of as many bytes as an entry of the audit log.
    public func record(byteCount: Int = 220) {
        let entry = [UInt8](repeating: 1, count: byteCount)
        bare_exec(database, "BEGIN IMMEDIATE")
        precondition(bare_insert_entry(insertEntry, entry, Int32(byteCount)) == 1)
        bare_exec(database, "COMMIT")
    }

    /// Runs `body` in one read transaction.
    public func read(_ body: () -> Void) {
        bare_exec(database, "BEGIN")
        body()
        bare_exec(database, "COMMIT")
    }

    /// Looks a card up on the connection that writes.
    public func box(_ token: [UInt8]) -> UInt8 { box(token, select) }

    /// Looks a card up on a connection that reads only, as tasks beside the writer do.
    public func boxApart(_ token: [UInt8]) -> UInt8 { box(token, selectApart) }

    private func box(_ token: [UInt8], _ statement: OpaquePointer?) -> UInt8 {
        var box = [UInt8](repeating: 0, count: 50)
        precondition(bare_select_card(statement, token, &box) == 1)
        return box[0]
    }

    private func bytes(_ word: UInt64) -> [UInt8] {
        withUnsafeBytes(of: word.bigEndian) { Array($0) }
    }

    deinit {
        for statement in [insertCard, insertFingerprint, insertEntry, select, selectApart] {
            sqlite3_finalize(statement)
        }
        sqlite3_close(reader)
        sqlite3_close(database)
    }
}
