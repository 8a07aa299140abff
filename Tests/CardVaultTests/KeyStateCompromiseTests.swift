// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
@testable internal import CardVaultSQLite
internal import Logging
internal import Synchronization
internal import Testing

@Suite("Compromise of a key") struct KeyStateCompromiseTests {
    @Test(arguments: StoreKind.allCases, [KeyPurpose.data, .fingerprint])
    func `marks a key of the store alone, wraps all anew and replaces it`(
        _ kind: StoreKind, _ purpose: KeyPurpose
    ) async throws {
        let bench = try await Bench(kind)
        let cards = try await RotationCards(bench.scope())
        let (old, wrapper) = try await (
            bench.vault.sealing(purpose).key.id, bench.vault.sealing(.scope)
        )
        let made = try await bench.vault.compromise(old)
        let keys = try await bench.vault.stored(ScopeID("default")).keys
        #expect(keys.filter { $0.key.state == .compromised }.map(\.key.id) == [old])
        let scopeKey = try await bench.vault.sealing(.scope)
        #expect(scopeKey.key.id != wrapper.key.id)
        #expect(keys.compactMap(\.wrapping?.by).allSatisfy { $0 == scopeKey.number })
        #expect(try await made == [scopeKey.key.id, bench.vault.sealing(purpose).key.id])
        let end = try await bench.vault.resealed()
        #expect((purpose == .data ? end.resealedCount : end.indexedCount) == 3)
        try await cards.expectKept(in: bench.scope())
        #expect(try await bench.vault.destruction(of: old).needs.isEmpty)
        try await bench.vault.destroy(old)
        try await cards.expectKept(in: bench.opened().scope("default"))
    }

    @Test(arguments: [KeyPurpose.scope, .hold, .audit, .seal])
    func `marks a key of the keyring alone and replaces it`(_ purpose: KeyPurpose) async throws {
        let bench = try await Bench()
        let old = try await bench.vault.sealing(purpose).key.id
        let made = try await bench.vault.compromise(old)
        let keys = bench.keyring.current().keys
        #expect(keys.filter { $0.state == .compromised }.map(\.id) == [old])
        #expect(try await made == [bench.vault.sealing(purpose).key.id])
        #expect(made != [old])
    }

    @Test(arguments: KeyPurpose.rotated)
    func `refuses every keyring from before`(_ purpose: KeyPurpose) async throws {
        let bench = try await Bench()
        try bench.copyKeyring(to: "old.json")
        try await bench.vault.compromise(bench.vault.sealing(purpose).key.id)
        let old = try bench.unlocked("old.json")
        let error = await code {
            _ = try await Vault(keyring: old, store: bench.store, logger: Bench.silence)
        }
        #expect(error == .keyringOlder)
        _ = try await bench.opened()
    }

    @Test func `makes a key that only opened open no less`() async throws {
        let bench = try await Bench()
        let cards = try await RotationCards(bench.scope())
        let old = try #require(try await bench.vault.rotated(.data).old)
        let sealing = try await bench.vault.sealing(.data).key.id
        #expect(try await bench.vault.compromise(old).count == 1)
        #expect(try await bench.vault.sealing(.data).key.id == sealing)
        try await cards.expectKept(in: bench.scope())
    }

    @Test(arguments: StoreKind.allCases)
    func `tells the log of each use`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let listener = Listener()
        let store = bench.store.isEphemeral ? bench.store : try bench.otherStore()
        let vault = try await Vault(
            keyring: bench.unlocked(), store: store, patience: Bench.patience,
            logger: Logger(label: "test") { _ in listener })
        let scope = try await vault.scope("default")
        let token = try await scope.tokenize(PAN(Cards.visa)).token
        let handle = try await scope.hold(sample: .track2)
        let (data, hold) = try await (
            bench.vault.sealing(.data).key.id, bench.vault.sealing(.hold).key.id
        )
        _ = try await scope.detokenize(token, purpose: "test")
        #expect(listener.keys("a compromised key opened a card").isEmpty)
        try await bench.vault.compromise(data)
        try await bench.vault.compromise(hold)
        // What is done under keys that are not the latest is done anew, and would be told twice.
        _ = try await scope.find(PAN(Cards.amex))
        _ = try await scope.detokenize(token, purpose: "test")
        _ = try await scope.detokenize([token, token], purpose: "test")
        _ = try await scope.find(PAN(Cards.visa))
        #expect(
            listener.keys("a compromised key opened a card")
                == [String](repeating: data.description, count: 4))
        _ = try await scope.text(.track2, of: handle)
        #expect(listener.keys("a compromised key opened a hold") == [hold.description])
        try await bench.vault.resealed()
        _ = try await scope.detokenize(token, purpose: "test")
        #expect(listener.keys("a compromised key opened a card").count == 4)
    }
}

/// Hears what a vault tells its log.
private struct Listener: LogHandler {
    private final class Lines: Sendable {
        let lines = Mutex<[(message: String, key: String)]>([])
    }

    private let lines = Lines()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    /// The keys that a message was about, in order.
    func keys(_ message: String) -> [String] {
        lines.lines.withLock { $0.filter { $0.message == message }.map(\.key) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let key = event.metadata?["key"].map { "\($0)" } ?? ""
        lines.lines.withLock { $0.append(("\(event.message)", key)) }
    }
}

extension Bench {
    /// The store as another process opens it.
    fileprivate func otherStore() throws -> any VaultStore { try SQLiteStore(path: storePath) }
}
