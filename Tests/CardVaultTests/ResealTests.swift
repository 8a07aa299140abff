// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import Synchronization
internal import Testing

@Suite("Reseal") struct ResealTests {
    /// A bench with so many cards, whose data and fingerprint keys were rotated.
    private static func rotated(_ kind: StoreKind, count: Int) async throws -> Bench {
        let bench = try await Bench(kind)
        _ = try await bench.scope().tokenize(Cards.batch(0..<count))
        try await bench.vault.rotated(.data)
        try await bench.vault.rotated(.fingerprint)
        return bench
    }

    private static func walked(_ bench: Bench) async throws -> [WalkedCard] {
        try await bench.store.read { reader throws(StoreError) in
            try reader.cards(after: [], of: nil, limit: .max)
        }
    }

    @Test(arguments: StoreKind.allCases, [1, 2, 3])
    func `brings every card under the latest keys, on any number of threads`(
        _ kind: StoreKind, _ threadCount: Int
    ) async throws {
        let bench = try await Self.rotated(kind, count: 1_300)
        let before = try await Self.walked(bench)
        var options = ResealOptions()
        options.threadCount = threadCount
        let end = try await bench.vault.resealed(options)
        #expect(end.totalCount == 1_300)
        #expect(end.walkedCount == 1_300)
        #expect(end.resealedCount == 1_300)
        #expect(end.indexedCount == 1_300)
        #expect(end.unreadableCount == 0 && end.changedCount == 0 && end.duplicateCount == 0)
        let data = try await bench.vault.sealing(.data).number
        let fingerprint = try await bench.vault.sealing(.fingerprint).number
        let after = try await Self.walked(bench)
        #expect(after.map(\.place) == before.map(\.place))
        #expect(after.map(\.record?.facts) == before.map(\.record?.facts))
        #expect(after.allSatisfy { $0.key == data })
        #expect(after.allSatisfy { $0.fingerprints.map(\.key) == [fingerprint] })
        let rows = try await bench.scope().detokenize(
            after.compactMap { $0.record?.token }, purpose: "test")
        let texts = Set((0..<1_300).map { digits(rows.cards, at: $0) })
        #expect(texts == Set((0..<1_300).map(Cards.text)))
    }

    @Test(arguments: StoreKind.allCases)
    func `walks in the order of storage`(_ kind: StoreKind) async throws {
        let bench = try await Self.rotated(kind, count: 1_300)
        let places = try await Self.walked(bench).map(\.place)
        let data = try await bench.vault.sealing(.data).number
        for try await progress in bench.vault.reseal() where !progress.isFinished {
            let cards = try await Self.walked(bench)
            #expect(cards.map(\.place) == places)
            #expect(cards.prefix(progress.walkedCount).allSatisfy { $0.key == data })
            #expect(cards.dropFirst(progress.walkedCount).allSatisfy { $0.key != data })
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `goes on where a loop was left`(_ kind: StoreKind) async throws {
        let bench = try await Self.rotated(kind, count: 1_300)
        for try await progress in bench.vault.reseal() {
            #expect(progress.walkedCount == ResealWalk.pageCount)
            break
        }
        let other = try await bench.opened()
        var counts: [Int] = []
        for try await progress in other.reseal() { counts.append(progress.walkedCount) }
        #expect(counts == [1_024, 1_300, 1_300])
        let cards = try await Self.walked(bench)
        let data = try await bench.vault.sealing(.data).number
        #expect(cards.allSatisfy { $0.key == data })
        #expect(try await Self.jobCount(bench) == 0)
    }

    @Test(arguments: StoreKind.allCases)
    func `walks again where a key was rotated meanwhile`(_ kind: StoreKind) async throws {
        let bench = try await Self.rotated(kind, count: 1_300)
        let other = try await bench.opened()
        var end: ResealProgress?
        var isRotated = false
        for try await progress in bench.vault.reseal() {
            end = progress
            guard !isRotated else { continue }
            isRotated = true
            try await other.rotated(.scope)
            let rotation = try await other.rotate(.fingerprint, of: ScopeID("default"))
            #expect(rotation.isResumed)
            // The data key too is still on its way; a compromise replaces it all the same.
            try await other.compromise(bench.vault.sealing(.data).key.id)
        }
        #expect(end?.isFinished == true)
        let data = try await bench.vault.sealing(.data).number
        #expect(try await Self.walked(bench).allSatisfy { $0.key == data })
        #expect(try await Self.walked(bench).allSatisfy { $0.fingerprints.count == 1 })
    }

    @Test(arguments: StoreKind.allCases)
    func `rehearsed counts as it would, and writes nothing`(_ kind: StoreKind) async throws {
        let bench = try await Self.rotated(kind, count: 600)
        let before = try await VaultSnapshot(bench)
        let entryCount = try await bench.store.events().count
        var options = ResealOptions()
        options.isDryRun = true
        let rehearsal = try await bench.vault.resealed(options)
        #expect(try await VaultSnapshot(bench) == before)
        #expect(try await bench.store.events().count == entryCount)
        var end = try await bench.vault.resealed()
        #expect(end.ended.count == 1)
        end.ended = []
        #expect(end == rehearsal)
    }

    @Test func `keeps to its rate`() async throws {
        let bench = try await Self.rotated(.memory, count: 30)
        var options = ResealOptions()
        options.rate = 60
        let begin = ContinuousClock.now
        let end = try await bench.vault.resealed(options)
        #expect(end.walkedCount == 30)
        #expect(begin.duration(to: .now) >= .milliseconds(500))
    }

    @Test func `ends when its task is cancelled, and goes on later`() async throws {
        let bench = try await Self.rotated(.sqlite, count: 1_300)
        let vault = bench.vault
        let (begun, gate) = (Gate(), Gate())
        let task = Task {
            await code {
                for try await _ in vault.reseal() {
                    await begun.open()
                    await gate.wait()
                }
            }
        }
        await begun.wait()
        task.cancel()
        await gate.open()
        #expect(await task.value == .cancelled)
        #expect(try await Self.jobCount(bench) == 1)
        var counts: [Int] = []
        for try await progress in vault.reseal() { counts.append(progress.walkedCount) }
        #expect(counts.first == 1_024)
    }

    @Test(arguments: StoreKind.allCases)
    func `of one scope leaves the others`(_ kind: StoreKind) async throws {
        let bench = try await Self.rotated(kind, count: 20)
        let acme = try await bench.scope("acme")
        let card = try await acme.tokenize(PAN(Cards.visa))
        let acmeID = try #require(ScopeID("acme"))
        _ = try await bench.vault.rotate(.data, of: acmeID)
        let end = try await bench.scope().reseal().last()
        #expect(end.totalCount == 20)
        #expect(end.resealedCount == 20)
        #expect(try await acme.describe(card.token).keyID == card.keyID)
        let rest = try await bench.vault.resealed()
        #expect(rest.totalCount == 21)
        #expect(rest.resealedCount == 1)
        #expect(try await acme.describe(card.token).keyID != card.keyID)
    }

    @Test func `is on record when it begins and ends`() async throws {
        let bench = try await Self.rotated(.memory, count: 3)
        let events = try await bench.recorded { try await bench.vault.resealed() }
        #expect(events.map(\.action) == [.reseal, .rotateKey, .reseal])
        #expect(events.first?.purpose == "begun")
        #expect(
            events.last?.purpose
                == "walked 3, sealed 3, indexed 3, unreadable 0, changed 0, ended 1")
    }

    private static func jobCount(_ bench: Bench) async throws -> Int {
        try await bench.store.read { reader throws(StoreError) in
            try reader.rows(of: .jobs).count
        }
    }
}
