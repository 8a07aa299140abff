// SPDX-License-Identifier: Apache-2.0
internal import CardVault
@testable internal import CardVaultSQLite
internal import Foundation
internal import Testing

/// What the laws of stores cannot say: rows that no store of ours would write.
@Suite("A walk over damaged cards") struct WalkTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Whether each card of a store of five has a record, after SQL of somebody else.
    private func records(
        after sql: String, limit: Int, of keys: Set<KeyNumber>? = nil
    ) async throws -> [WalkedCard] {
        let store = try await scratch.store()
        for number in 0..<5 { _ = try await store.insert(card(number)) }
        #expect(try Foreigner(scratch.path()).execute(sql) == 0)
        var cards: [WalkedCard] = []
        while true {
            let place = cards.last?.place ?? []
            let found = try await store.read { reader throws(StoreError) in
                try reader.cards(after: place, of: keys, limit: limit)
            }
            cards += found
            if found.count < limit { return cards }
        }
    }

    private func hex(_ number: Int) throws -> String {
        try card(number).record.token.stored.map {
            String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
        }
        .joined()
    }

    @Test(arguments: [
        "format = 0", "display = '4111111111111111'", "brand = 16", "expiry = 0", "created = -1",
        "expires = -1", "box = zeroblob(100000)", "display = printf('%0100000d', 0)",
    ])
    func `meets a card that does not decode, and goes on`(_ change: String) async throws {
        let sql = "UPDATE cards SET \(change) WHERE token = X'\(try hex(2))'"
        for (limit, keys) in [(1, nil), (2, [1]), (10, [1, 7]), (10, nil)] as [(Int, [Int64]?)] {
            for name in try scratch.names() {
                try FileManager.default.removeItem(atPath: scratch.path(name))
            }
            let keys = keys.map { Set($0.map(KeyNumber.init(rawValue:))) }
            let found = try await records(after: sql, limit: limit, of: keys)
            #expect(try found.map(\.place) == (0..<5).map { try card($0).record.token.stored })
            #expect(found.map { $0.record == nil } == [false, false, true, false, false])
            #expect(found.allSatisfy { $0.key == KeyNumber(rawValue: 1) })
        }
    }

    @Test func `meets a token that is none`() async throws {
        let found = try await records(
            after: "UPDATE cards SET token = X'0102' WHERE token = X'\(try hex(2))'", limit: 10)
        #expect(found[0].place == [1, 2])
        #expect(found[0].record == nil && found[0].fingerprints.isEmpty)
        #expect(found.dropFirst().allSatisfy { $0.record != nil })
        #expect(found.count == 5)
    }

    @Test(arguments: ["format = 0", "fingerprint = X'00'", "fingerprint = zeroblob(17)"])
    func `leaves out a search row that does not decode`(_ change: String) async throws {
        let found = try await records(
            after: "UPDATE fingerprints SET \(change) WHERE token = X'\(try hex(2))'", limit: 10)
        #expect(found.map(\.fingerprints.count) == [1, 1, 0, 1, 1])
        #expect(found.allSatisfy { $0.record != nil })
    }
}
