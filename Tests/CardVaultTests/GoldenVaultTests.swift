// SPDX-License-Identifier: Apache-2.0
internal import CardVault
internal import CardVaultSQLite
internal import Foundation
internal import Testing

/// A vault that release 0.1.0 made: every later release opens it.
@Suite("The vault of release 0.1.0") struct GoldenVaultTests {
    private struct Expected: Decodable {
        struct Row: Decodable {
            let scope: String
            let token: String
            let card_number: String
        }

        let cards: [Row]
    }

    /// A copy of the vault, as opening makes files beside the store.
    private final class Copy: Sendable {
        let folder: URL

        init() throws {
            let golden = URL(filePath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "Golden/0.1.0")
            folder = FileManager.default.temporaryDirectory
                .appending(path: "golden-\(UUID().uuidString)")
            try FileManager.default.copyItem(at: golden, to: folder)
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        var store: SQLiteStore {
            get throws { try SQLiteStore(path: folder.appending(path: "cards.db").path) }
        }

        func opened() async throws -> Vault {
            let passphrase = try Passphrase(
                contentsOf: folder.appending(path: "passphrase.txt").path)
            let keyring = try KeyringFile.unlock(
                at: folder.appending(path: "keyring.json").path, with: .passphrase(passphrase))
            return try await Vault(
                keyring: keyring, store: store, patience: Bench.patience,
                allowingSoftwareAES: true, logger: Bench.silence, now: { Copy.moment })
        }

        /// A day after the vault was made: its keys are within their periods, whenever this runs.
        private static let moment =
            Timestamp(milliseconds: 1_795_428_113_492 + 86_400_000) ?? .now()

        /// What is on record.
        func actions() async throws -> [AuditAction] {
            try await store.read { reader throws(StoreError) in
                try reader.auditEntries(from: 1, limit: 1_000)
            }.compactMap { AuditEntry(bytes: $0.bytes)?.event.action }
        }
    }

    @Test func `gives every card back`() async throws {
        let copy = try Copy()
        let vault = try await copy.opened()
        let text = try Data(contentsOf: copy.folder.appending(path: "expected.json"))
        let rows = try JSONDecoder().decode(Expected.self, from: text).cards
        #expect(rows.count == 100)
        for row in rows {
            let scope = try await vault.scope(row.scope)
            let pan = try await scope.detokenize(Token(row.token), purpose: "test")
            #expect(digits(pan) == row.card_number)
        }
    }

    @Test func `begins an audit log, once`() async throws {
        let copy = try Copy()
        #expect(try await copy.actions() == [])
        let vault = try await copy.opened()
        #expect(try await copy.actions() == [.start, .unlock])
        _ = try await vault.scope("default").find(PAN(Cards.visa))
        _ = try await copy.opened()
        #expect(try await copy.actions() == [.start, .unlock, .find, .unlock])
        let pin = try await copy.store.read { reader throws(StoreError) in try reader.pin() }
        #expect(pin?.auditChainCount == 1)
    }

    @Test func `begins one audit log when several open it at once`() async throws {
        let copy = try Copy()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { _ = try await copy.opened() } }
            try await group.waitForAll()
        }
        let actions = try await copy.actions()
        #expect(actions.first == .start)
        #expect(actions.count { $0 == .start } == 1)
        #expect(actions.count { $0 == .unlock } == 4)
    }

    @Test func `holds tracks, and gives tokens an end`() async throws {
        let copy = try Copy()
        let scope = try await copy.opened().scope("default")
        let handle = try await scope.hold(sample: .track1)
        #expect(try await scope.text(.track1, of: handle) == Held.track1)
        let card = try await scope.tokenize(Cards.numbered(7), for: .seconds(86_400))
        #expect(card.expiresAt != nil)
    }
}
