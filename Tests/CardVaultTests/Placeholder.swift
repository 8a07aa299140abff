// SPDX-License-Identifier: Apache-2.0
import CardCrypto
import CardVault
import CardVaultSQLite
import Foundation
import Testing

@Suite struct SmokeTests {
    @Test func `a card comes back`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appending(path: "keyring.json").path
        let cost = try #require(Argon2id(memory: 65536, passes: 2))
        let draft = try KeyringFile.draft(
            at: path, passphrase: Passphrase("correct horse 1".utf8.span),
            scope: #require(ScopeID("default")), cost: cost)
        let store = try SQLiteStore.create(path: folder.appending(path: "cards.db").path)
        try await Vault.initialize(draft, store: store)
        let keyring = try KeyringFile.unlock(
            at: path, with: .passphrase(Passphrase("correct horse 1".utf8.span)))
        let vault = try await Vault(keyring: keyring, store: SQLiteStore(path: folder.appending(path: "cards.db").path))
        let scope = try await vault.scope("default")
        let card = try await scope.tokenize(try PAN("4111 1111 1111 1111"))
        print(card, folder.path)
        #expect(card.isNew)
        let again = try await scope.tokenize(try PAN("4111111111111111"))
        #expect(again.token == card.token && !again.isNew)
        let pan = try await scope.detokenize(card.token, purpose: "test")
        #expect(pan.withDigits { (digits: Span<UInt8>) in digits.indices.map { String(digits[$0] - 48) }.joined() } == "4111111111111111")
        try await vault.addScope(ScopeID("acme")!)
        let acme = try await vault.scope("acme")
        await #expect(throws: VaultError.self) { try await acme.describe(card.token) }
        let start = ContinuousClock.now
        for _ in 0..<300 {
        var batch = CardBatch(capacity: 1000)
        for i in 0..<1000 { batch.append([UInt8](String(4_000_000_000_000_000 + Int.random(in: 0..<1_000_000_000_000)).utf8).span, luhn: .ignored); _ = i }
        let results = try await acme.tokenize(batch)
        #expect(results.count == 1000)
        }
        print("300k", ContinuousClock.now - start)
    }
}
