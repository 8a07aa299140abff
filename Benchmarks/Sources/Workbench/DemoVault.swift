// SPDX-License-Identifier: Apache-2.0
import CardCrypto
import CardVault
import CardVaultSQLite

/// A new vault on disk, and generated cards of a sandbox range.
public final class DemoVault {
    /// Its scope.
    public let scope: Scope
    private let folder: TemporaryFolder
    private var serial: UInt64 = 0

    /// Makes the vault, with a cheap passphrase.
    public init() async throws {
        folder = try TemporaryFolder()
        let passphrase = try Passphrase("benchmark only 1".utf8.span)
        guard let id = ScopeID("default"), let cost = Argon2id(memory: 65_536, passes: 2) else {
            preconditionFailure("a valid name and a valid cost")
        }
        let keyring = try KeyringFile.draft(
            at: folder.path + "/keyring.json", passphrase: passphrase, scope: id, cost: cost)
        let store = try SQLiteStore.create(path: folder.path + "/cards.db")
        try await Vault.initialize(keyring, store: store)
        scope = try await Vault(keyring: keyring, store: store).scope("default")
    }

    private func nextDigits() -> [UInt8] {
        // Odd multiplier: a permutation of the 9 free digits' range, without repeats.
        serial = (serial &+ 1) % 1_000_000_000
        let body = 4_000_000_000_000_000 + (serial * 618_033_989 % 1_000_000_000) * 10
        return Array(String(body).utf8)
    }

    /// A card that was not given before.
    public func nextPAN() throws -> PAN { try PAN(nextDigits().span, luhn: .ignored) }

    /// So many of them.
    public func nextBatch(_ count: Int) throws -> CardBatch {
        var batch = CardBatch(capacity: count)
        for _ in 0..<count { batch.append(nextDigits().span, luhn: .ignored) }
        return batch
    }

    /// Stores so many cards, and gives their tokens in random order.
    public func storedTokens(_ count: Int) async throws -> [Token] {
        var tokens: [Token] = []
        for result in try await scope.tokenize(try nextBatch(count)) {
            tokens.append(try result.get().token)
        }
        return tokens.shuffled()
    }
}
