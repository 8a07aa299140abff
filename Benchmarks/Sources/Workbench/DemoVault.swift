// SPDX-License-Identifier: Apache-2.0
import CardCrypto
import CardVault
import CardVaultSQLite

/// A new vault on disk, and generated cards of a sandbox range.
public final class DemoVault {
    /// The vault.
    public let vault: Vault
    /// Its keyring.
    public let keyring: KeyringFile
    /// Its store.
    public let store: SQLiteStore
    /// Its scope.
    public let scope: Scope
    private let folder: TemporaryFolder
    private var serial: UInt64 = 0

    /// Makes the vault, with a cheap passphrase.
    ///
    /// - Parameter wrap: what the vault is given for its store.
    public init(_ wrap: (SQLiteStore) -> any VaultStore = { $0 }) async throws {
        folder = try TemporaryFolder()
        let passphrase = try Self.passphrase()
        guard let id = ScopeID("default"), let cost = Argon2id(memory: 65_536, passes: 2) else {
            preconditionFailure("a valid name and a valid cost")
        }
        keyring = try KeyringFile.draft(
            at: folder.path + "/keyring.json", passphrase: passphrase, scope: id, cost: cost)
        store = try SQLiteStore.create(path: folder.path + "/cards.db")
        let wrapped = wrap(store)
        try await Vault.initialize(keyring, store: wrapped)
        vault = try await Vault(keyring: keyring, store: wrapped)
        scope = try await vault.scope("default")
    }

    /// What unlocks its keyring.
    public static func passphrase() throws -> Passphrase {
        try Passphrase("benchmark only 1".utf8.span)
    }

    /// The file of its store.
    public var storePath: String { folder.path + "/cards.db" }

    /// The digits of a card by its serial number; each number gives another card.
    public static func digits(_ serial: UInt64) -> [UInt8] {
        // Odd multiplier: a permutation of the 9 free digits' range, without repeats.
        let body = 4_000_000_000_000_000 + (serial * 618_033_989 % 1_000_000_000) * 10
        return Array(String(body).utf8)
    }

    private func nextDigits() -> [UInt8] {
        serial = (serial &+ 1) % 1_000_000_000
        return Self.digits(serial)
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

    /// Stores so many cards, and copies the log into the file.
    public func fill(_ count: Int) async throws {
        for start in stride(from: 0, to: count, by: 20_000) {
            _ = try await scope.tokenize(try nextBatch(min(20_000, count - start)))
        }
        try await store.checkpoint()
    }
}
