// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardVault
internal import TestSupport
internal import Testing

@Suite("Rotation") struct RotationTests {
    private let scope: ScopeID

    init() throws { scope = try #require(ScopeID("default")) }

    @Test(
        arguments: StoreKind.allCases,
        [KeyPurpose.scope, .data, .fingerprint, .hold, .audit, .seal])
    func `of any key leaves every card as it was`(
        _ kind: StoreKind, _ purpose: KeyPurpose
    ) async throws {
        let bench = try await Bench(kind)
        let cards = try await bench.scope()
        let before = try await cards.tokenize(PAN(Cards.visa))
        let isOfScope = purpose == .scope || purpose.isStoreHeld
        let rotation = try await bench.vault.rotate(purpose, of: isOfScope ? scope : nil)
        #expect(rotation.new != rotation.old)
        #expect(!rotation.isResumed)
        let after = try await cards.tokenize(PAN(Cards.visa))
        #expect(after.token == before.token)
        #expect(!after.isNew)
        let pan = try await cards.detokenize(before.token, purpose: "test")
        #expect(digits(pan) == Cards.visa)
        #expect(try await cards.tokenize(PAN(Cards.amex)).isNew)
        var last: ResealProgress?
        for try await progress in bench.vault.reseal() { last = progress }
        let end = try #require(last)
        #expect(end.isFinished)
        #expect(end.walkedCount == 2)
        #expect(end.resealedCount == (purpose == .data ? 1 : 0))
        #expect(end.indexedCount == (purpose == .fingerprint ? 1 : 0))
        #expect(end.ended.count == (purpose == .fingerprint ? 1 : 0))
        #expect(try await cards.find(PAN(Cards.visa))?.token == before.token)
        #expect(
            try await AuditLog(keyring: bench.keyring, store: bench.store).verify().fault == nil)
    }
}
