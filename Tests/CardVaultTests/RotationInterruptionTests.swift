// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import Testing

/// A disk that is full from the n-th write on, for every n; and then has room again.
@Suite("Interrupted key changes") struct RotationInterruptionTests {
    /// A vault of a bench whose store and keyring can be made to fail.
    private struct Fragile {
        let bench: Bench
        let store: StoreProbe
        let source: FailingSource
        let vault: Vault
        let cards: RotationCards
        let id: KeyID?

        init(_ kind: StoreKind, _ deed: RotationDeed) async throws {
            bench = try await Bench(kind)
            cards = try await RotationCards(bench.scope())
            id = try await deed.prepare(bench.vault)
            store = StoreProbe(bench.store)
            source = FailingSource(bench.keyring.path)
            vault = try await Vault(
                keyring: TestCustodian.unlock(source), store: store, patience: Bench.patience,
                logger: Bench.silence)
        }

        /// The deed is done when it is asked for again, and nothing is lost or there twice.
        func expectCompleted(_ deed: RotationDeed, _ comment: Comment) async throws {
            let again = await code { try await deed.run(vault, id) }
            #expect(again == nil || again == deed.isDoneCode, comment)
            #expect(try await deed.isDone(vault, id), comment)
            let other = try await bench.opened()
            #expect(try await deed.isDone(other, id), comment)
            try await expectAgreement(other, comment)
            if deed == .suspension { try await other.resume(try #require(id)) }
            let scope = try await other.scope("default")
            try await cards.expectKept(in: scope, comment)
            #expect(try await scope.tokenize(PAN(Cards.visa)).isNew, comment)
            try await bench.vault.unlockedAgain()
            try await cards.expectKept(in: bench.scope(), comment)
            #expect(try await bench.isLogSound(), comment)
        }

        /// Keyring and store say the same, and one key of each purpose seals.
        private func expectAgreement(_ other: Vault, _ comment: Comment) async throws {
            for scope in [nil, ScopeID("default")] {
                let set = try await other.stored(scope)
                let draft = KeySetDraft(set, of: other.id)
                #expect(draft.restrictions(on: other.keyring.current()).isEmpty, comment)
                for row in set.keys where row.key.purpose != .fingerprint {
                    #expect(row.key.sequence <= 3, comment)
                    let sealing = set.keys.count {
                        $0.key.purpose == row.key.purpose && $0.fence == .sealing
                    }
                    #expect(sealing <= 1, comment)
                }
            }
        }
    }

    @Test(arguments: StoreKind.allCases, RotationDeed.allCases)
    func `go on after any write of the store that failed`(
        _ kind: StoreKind, _ deed: RotationDeed
    ) async throws {
        var number = 0
        while true {
            number += 1
            let fragile = try await Fragile(kind, deed)
            let limit = number
            fragile.store.beforeWrite { count throws(StoreError) in
                if count >= limit { throw StoreError(.full) }
            }
            let error = await refusal { try await deed.run(fragile.vault, fragile.id) }
            fragile.store.beforeWrite { _ in }
            guard let error else { break }
            #expect(error.store?.code == .full)
            try await fragile.expectCompleted(deed, "write \(number)")
        }
        #expect(number > 1)
    }

    @Test(arguments: RotationDeed.allCases, [false, true])
    func `go on after any write of the keyring that failed`(
        _ deed: RotationDeed, _ isAfter: Bool
    ) async throws {
        var number = 0
        while true {
            number += 1
            let fragile = try await Fragile(.sqlite, deed)
            fragile.source.fail(at: number, after: isAfter)
            let error = await refusal { try await deed.run(fragile.vault, fragile.id) }
            fragile.source.mend()
            guard let error else { break }
            #expect(error.code == .keyringFile)
            #expect(error.systemCode == 28)
            try await fragile.expectCompleted(deed, "write \(number)")
        }
    }
}
