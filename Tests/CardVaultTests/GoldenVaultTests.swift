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

    @Test func `gives every card back`() async throws {
        let golden = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Golden/0.1.0")
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "golden-\(UUID().uuidString)")
        // Opening makes files beside the store: a copy is opened.
        try FileManager.default.copyItem(at: golden, to: folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        let passphrase = try Passphrase(contentsOf: folder.appending(path: "passphrase.txt").path)
        let keyring = try KeyringFile.unlock(
            at: folder.appending(path: "keyring.json").path, with: .passphrase(passphrase))
        let vault = try await Vault(
            keyring: keyring,
            store: SQLiteStore(path: folder.appending(path: "cards.db").path),
            allowingSoftwareAES: true, logger: Bench.silence)
        let text = try Data(contentsOf: folder.appending(path: "expected.json"))
        let rows = try JSONDecoder().decode(Expected.self, from: text).cards
        #expect(rows.count == 100)
        for row in rows {
            let scope = try await vault.scope(row.scope)
            let pan = try await scope.detokenize(Token(row.token), purpose: "test")
            let digits = pan.withDigits { digits in
                digits.indices.map { Character(Unicode.Scalar(digits[$0])) }
            }
            #expect(String(digits) == row.card_number)
        }
    }
}
