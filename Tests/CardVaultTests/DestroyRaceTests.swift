// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import Testing

/// A key is destroyed while another process, whose keyring still has it, seals.
@Suite("Destroying a key in use") struct DestroyRaceTests {
    /// Keys of a set are never removed: many tries on one would measure that.
    private static let tryCount = 50

    @Test(arguments: 0..<20)
    func `orphans no card in a thousand tries`(_ round: Int) async throws {
        let bench = try await Bench(round == 0 ? .sqlite : .memory)
        let other = try await bench.opened().scope("default")
        var cards: [(index: Int, token: Token)] = []
        for number in 0..<Self.tryCount {
            // With the key at hand that is about to go.
            let first = number * 8
            cards.append((first, try await other.tokenize(Cards.numbered(first)).token))
            let sealed = Task {
                var cards: [(index: Int, token: Token)] = []
                for index in first + 1..<first + 8 {
                    cards.append((index, try await other.tokenize(Cards.numbered(index)).token))
                }
                return cards
            }
            let old = try #require(try await bench.vault.rotated(.data).old)
            try await bench.vault.resealed()
            try await bench.vault.destroy(old)
            cards += try await sealed.value
            #expect(try await bench.vault.stored(old).fence == .closed)
        }
        let rows = try await bench.opened().scope("default")
            .detokenize(cards.map(\.token), purpose: "test")
        for (row, card) in cards.enumerated() {
            #expect(rows.failure(at: row) == nil)
            #expect(digits(rows.cards, at: row) == Cards.text(card.index))
        }
    }

    /// The other process has sealed its record when the key goes, and has yet to store it.
    @Test(arguments: StoreKind.allCases)
    func `makes a record anew that was sealed before and stored after`(
        _ kind: StoreKind
    ) async throws {
        let bench = try await Bench(kind)
        let probe = StoreProbe(bench.store)
        let other = try await bench.opened(over: probe).scope("default")
        let old = try await bench.vault.sealing(.data).key.id
        probe.beforeWrite { count throws(StoreError) in
            guard count == 1 else { return }
            do {
                try await bench.vault.rotated(.data)
                try await bench.vault.destroy(old)
            } catch {
                throw StoreError(.failed)
            }
        }
        let card = try await other.tokenize(PAN(Cards.visa))
        #expect(card.keyID != old)
        #expect(try await bench.vault.descriptor(of: old).state == .destroyed)
        let pan = try await bench.scope().detokenize(card.token, purpose: "test")
        #expect(digits(pan) == Cards.visa)
    }

    @Test(arguments: StoreKind.allCases)
    func `makes a hold anew that was sealed before and stored after`(
        _ kind: StoreKind
    ) async throws {
        let bench = try await Bench(kind)
        let probe = StoreProbe(bench.store)
        let other = try await bench.opened(over: probe).scope("default")
        let old = try await bench.vault.sealing(.hold).key.id
        probe.beforeWrite { count throws(StoreError) in
            guard count == 1 else { return }
            do {
                try await bench.vault.rotated(.hold)
                try await bench.vault.destroy(old)
            } catch {
                throw StoreError(.failed)
            }
        }
        let handle = try await other.hold(sample: .track2)
        #expect(try await bench.scope().text(.track2, of: handle) == Held.track2)
    }

    /// Of the key that is about to go, a record is stored when nobody has needed it so far.
    @Test func `is refused by a record that comes in between`() async throws {
        let bench = try await Bench()
        let scope = try await bench.scope()
        let probe = StoreProbe(bench.store)
        let vault = try await bench.opened(over: probe)
        let old = try await bench.vault.rotated(.hold).old
        let number = try await bench.vault.stored(try #require(old)).number
        probe.beforeWrite { count throws(StoreError) in
            guard count == 1 else { return }
            try await bench.store.write { transaction throws(StoreError) in
                do {
                    try transaction.insert(StoreSamples.hold(1, key: number.rawValue))
                } catch {
                    throw StoreError(.failed)
                }
            }
        }
        #expect(await code { try await vault.destroy(try #require(old)) } == .keyNeeded)
        #expect(try await scope.tokenize(PAN(Cards.visa)).isNew)
    }
}
