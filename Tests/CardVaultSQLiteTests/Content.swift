// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardVault
@testable internal import CardVaultSQLite

extension SQLiteStore {
    /// Stores cards of these numbers in one transaction.
    func insert(_ numbers: Range<Int>) async throws {
        let cards = try numbers.map { try CardVaultSQLiteTests.card($0) }
        _ = try await write { transaction throws(StoreError) in try transaction.insert(cards) }
    }

    /// Whether the card of this number is there, as it was stored.
    func has(_ number: Int) async throws -> Bool {
        let record = try CardVaultSQLiteTests.card(number).record
        return try await card(record.token) == record
    }

    /// Every card.
    func cards() async throws(StoreError) -> [WalkedCard] {
        try await read { reader throws(StoreError) in
            try reader.cards(after: [], of: nil, limit: .max)
        }
    }

    /// Whose store it is.
    func vault() async throws(StoreError) -> VaultID? {
        try await read { reader throws(StoreError) in try reader.vault() }
    }
}

extension Scratch {
    /// The first column of every row of a query, on a file as it is.
    func rows(_ sql: String, in name: String = "cards.db") throws -> [String] {
        let connection = try SQLiteConnection(path: path(name), patience: .seconds(10))
        let statement = try connection.prepare(sql)
        var rows: [String] = []
        while try statement.step() { rows.append(statement.text(0)) }
        return rows
    }
}
