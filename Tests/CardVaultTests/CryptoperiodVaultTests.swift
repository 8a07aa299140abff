// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import Testing

/// Keys whose time is over (NIST SP 800-57 Part 1 Rev. 5, section 5.3), by a clock of the test.
@Suite("Cryptoperiods of a vault") struct CryptoperiodVaultTests {
    private let clock = Clock()

    /// Moves the clock to so many milliseconds from the moment in which a key seals no more.
    private func move(_ bench: Bench, to distance: Int64, fromEndOf key: StoredKey) throws {
        let end = try #require(bench.keyring.current().periods.originatorEnd(of: key.key))
        let now = Int64(clock.read().milliseconds)
        clock.advance(by: .milliseconds(Int64(end.milliseconds) + distance - now))
    }

    @Test(arguments: StoreKind.allCases)
    func `let a data key seal to their last moment`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind, now: clock.read)
        let scope = try await bench.scope()
        let key = try await bench.vault.sealing(.data)
        try move(bench, to: -1, fromEndOf: key)
        let card = try await scope.tokenize(PAN(Cards.visa))
        #expect(card.keyID == key.key.id)
        try move(bench, to: 0, fromEndOf: key)
        let error = await refusal { try await scope.tokenize(PAN(Cards.amex)) }
        #expect(error == VaultError(.keyExpired, subject: "data key \(key.key.id) of default"))
        let rows = try await scope.tokenize(Cards.batch(0..<2))
        #expect(rows.map { failure($0)?.code } == [.keyExpired, .keyExpired])
        // What it sealed it opens as before.
        let pan = try await scope.detokenize(card.token, purpose: "test")
        #expect(digits(pan) == Cards.visa)
        #expect(try await scope.find(PAN(Cards.visa))?.token == card.token)
    }

    @Test func `of data, fingerprint and scope keys are begun anew by rotations`() async throws {
        let bench = try await Bench(now: clock.read)
        let scope = try await bench.scope()
        let token = try await scope.tokenize(PAN(Cards.visa)).token
        try await move(bench, to: 0, fromEndOf: bench.vault.sealing(.fingerprint))
        let data = await refusal { try await bench.vault.rotated(.data) }
        let scopeKey = try await bench.vault.sealing(.scope).key.id
        #expect(data == VaultError(.keyExpired, subject: "scope key \(scopeKey) of default"))
        try await bench.vault.rotated(.scope)
        try await bench.vault.rotated(.data)
        let fingerprintKey = try await bench.vault.sealing(.fingerprint).key.id
        #expect(
            await refusal { try await scope.tokenize(PAN(Cards.amex)) }
                == VaultError(
                    .keyExpired, subject: "fingerprint key \(fingerprintKey) of default"))
        try await bench.vault.rotated(.fingerprint)
        #expect(try await scope.tokenize(PAN(Cards.amex)).isNew)
        #expect(try await scope.tokenize(PAN(Cards.visa)).token == token)
    }

    @Test(arguments: StoreKind.allCases)
    func `of a hold key are begun anew by its rotation`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind, now: clock.read)
        let scope = try await bench.scope()
        let key = try await bench.vault.sealing(.hold)
        try move(bench, to: -1, fromEndOf: key)
        let before = try await scope.hold(sample: .track2)
        try move(bench, to: 0, fromEndOf: key)
        #expect(
            await refusal { try await scope.hold(sample: .track2) }
                == VaultError(.keyExpired, subject: "hold key \(key.key.id)"))
        #expect(try await scope.text(.track2, of: before) == Held.track2)
        try await bench.vault.rotated(.hold)
        let after = try await scope.hold(sample: .track2)
        #expect(try await scope.text(.track2, of: after) == Held.track2)
    }

    @Test func `keep no expired key from the log and its rows`() async throws {
        let bench = try await Bench(now: clock.read)
        let scope = try await bench.scope()
        try await move(bench, to: 1, fromEndOf: bench.vault.sealing(.audit))
        try await move(bench, to: 1, fromEndOf: bench.vault.sealing(.seal))
        for purpose in [KeyPurpose.scope, .data, .fingerprint] {
            try await bench.vault.rotated(purpose)
        }
        let card = try await scope.tokenize(PAN(Cards.visa))
        _ = try await scope.detokenize(card.token, purpose: "test")
        #expect(try await bench.isLogSound())
    }

    @Test func `let no expired data key seal a card anew`() async throws {
        let bench = try await Bench(now: clock.read)
        let scope = try await bench.scope()
        let key = try await bench.vault.sealing(.data)
        try move(bench, to: -1_000, fromEndOf: key)
        let card = try await scope.tokenize(PAN(Cards.visa), for: .seconds(60))
        try move(bench, to: 0, fromEndOf: key)
        let end = try clock.after(.seconds(120))
        #expect(await code { try await scope.extend(card.token, until: end) } == .keyExpired)
        #expect(await code { try await bench.vault.resealed() } == .keyExpired)
    }

    @Test(arguments: StoreKind.allCases)
    func `that were made longer are known to whoever would refuse`(
        _ kind: StoreKind
    ) async throws {
        let bench = try await Bench(kind, now: clock.read)
        let store = bench.store
        let other = try await Vault(
            keyring: bench.unlocked(), store: store, patience: Bench.patience,
            logger: Bench.silence, now: clock.read
        ).scope("default")
        try await move(bench, to: 0, fromEndOf: bench.vault.sealing(.data))
        #expect(await code { try await other.tokenize(PAN(Cards.visa)) } == .keyExpired)
        let period = try #require(Cryptoperiod(originatorDays: 1_000, recipientDays: 2_000))
        for purpose in [KeyPurpose.data, .fingerprint, .hold] {
            try await bench.vault.setPeriod(period, of: purpose)
        }
        #expect(try await other.tokenize(PAN(Cards.visa)).isNew)
        let handle = try await other.hold(sample: .track2)
        #expect(try await other.text(.track2, of: handle) == Held.track2)
    }

    /// A reseal would need the key that is expired, and a new key the end of the reseal.
    @Test func `end a rotation that nobody finished in time`() async throws {
        let bench = try await Bench(now: clock.read)
        let scope = try await bench.scope()
        let token = try await scope.tokenize(PAN(Cards.visa)).token
        try await bench.vault.rotated(.data)
        try await move(bench, to: 0, fromEndOf: bench.vault.sealing(.data))
        #expect(await code { try await bench.vault.resealed() } == .keyExpired)
        try await bench.vault.rotated(.scope)
        #expect(try await !bench.vault.rotated(.data).isResumed)
        try await bench.vault.rotated(.fingerprint)
        #expect(try await bench.vault.resealed().resealedCount == 1)
        let pan = try await scope.detokenize(token, purpose: "test")
        #expect(digits(pan) == Cards.visa)
    }
}
