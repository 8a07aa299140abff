// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVaultSQLite
internal import TestSupport
internal import Testing

/// What somebody can do who writes the database file, and holds no key.
extension Bench {
    /// A connection that nobody watches.
    func intruder() throws -> SQLiteConnection {
        let connection = try SQLiteConnection(path: storePath, patience: .seconds(10))
        // Only speed: what is written need not outlive a loss of power.
        try connection.execute("PRAGMA synchronous = OFF")
        return connection
    }

    /// Runs SQL on the store.
    func tamper(_ sql: String) throws { try intruder().execute(sql) }

    /// Takes from the table of keys the rule that an id is in one row only.
    func dropKeyRules() throws {
        try tamper(
            """
            CREATE TABLE copy AS SELECT * FROM keys;
            DROP TABLE keys;
            ALTER TABLE copy RENAME TO keys;
            """)
    }

    /// How many rows a table has.
    func rowCount(_ table: String) throws -> Int64 {
        try intruder().integers("SELECT count(*) FROM \(table)")[0]
    }
}

extension SQLiteConnection {
    /// The first column of every row, as integers.
    func integers(_ sql: String) throws -> [Int64] {
        let statement = try prepare(sql)
        var values: [Int64] = []
        while try statement.step() { values.append(statement.integer(0)) }
        return values
    }

    /// The first column of every row, as bytes.
    func blobs(_ sql: String) throws -> [[UInt8]] {
        let statement = try prepare(sql)
        var values: [[UInt8]] = []
        while try statement.step() { values.append(statement.bytes(0)) }
        return values
    }
}

/// One value of the store: a column of the row that `place` names.
struct StoredValue: Sendable {
    enum Kind: Sendable {
        case integer, text, blob
    }

    let table: String
    let column: String
    let kind: Kind
    let place: String
    /// Whether no two rows may have the same.
    var isUnique = false

    /// Puts every alteration in the place of the value in turn, and counts whether it is refused;
    /// at last puts the value back.
    func alter(
        by intruder: SQLiteConnection, _ tally: inout Tally, isRefused: () async throws -> Bool
    ) async throws {
        let (right, wrong) = try alterations(intruder)
        for value in wrong {
            if isUnique, try isTaken(value, intruder) { continue }
            try intruder.execute(update(value))
            tally.count(refused: try await isRefused(), "\(table).\(column) = \(value)")
        }
        try intruder.execute(update(right))
        // Else the first alteration hid the row from those after it.
        #expect(try alterations(intruder).right == right)
    }

    private func isTaken(_ value: String, _ connection: SQLiteConnection) throws -> Bool {
        try !connection.integers("SELECT 1 FROM \(table) WHERE \(column) = \(value)").isEmpty
    }

    /// The stored value, as SQL, and every one that differs from it in one bit, is cut, or goes on
    /// for 1 to 64 bytes.
    private func alterations(
        _ connection: SQLiteConnection
    ) throws -> (right: String, wrong: [String]) {
        let query = "SELECT \(column) FROM \(table) WHERE \(place)"
        if kind == .integer {
            let right = try #require(connection.integers(query).first)
            return ("\(right)", (0..<64).map { Self.literal(right ^ Int64(bitPattern: 1 << $0)) })
        }
        let right = try #require(connection.blobs(query).first)
        return (literal(right), Alterations.all(of: right).map(literal))
    }

    /// The statement that puts a value in its place.
    private func update(_ value: String) -> String {
        "UPDATE \(table) SET \(column) = \(value) WHERE \(place)"
    }

    private func literal(_ bytes: [UInt8]) -> String {
        kind == .text ? "CAST(X'\(hex(bytes))' AS TEXT)" : "X'\(hex(bytes))'"
    }

    /// The least integer has no literal of its own.
    private static func literal(_ value: Int64) -> String {
        value == .min ? "(-9223372036854775807 - 1)" : "(\(value))"
    }
}
