// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import Testing

@Suite("Shredding a scope") struct ShredTests {
    private static func doomed() throws -> ScopeID { try #require(ScopeID("doomed")) }

    /// A bench with a scope that is to be shredded, which another vault has open.
    private struct Doomed {
        let bench: Bench
        let running: Scope
        let card: Card
        let other: RotationCards

        init(_ kind: StoreKind) async throws {
            bench = try await Bench(kind)
            other = try await RotationCards(bench.scope())
            _ = try await bench.scope("doomed")
            running = try await bench.opened().scope("doomed")
            card = try await running.tokenize(PAN(Cards.visa))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `kills its cards in every vault that runs, and no others`(
        _ kind: StoreKind
    ) async throws {
        let doomed = try await Doomed(kind)
        let (bench, running) = (doomed.bench, doomed.running)
        _ = try await running.hold(sample: .track2)
        let kept = try await bench.scope().hold(sample: .track2)
        try await bench.vault.shred(Self.doomed())
        for scope in [running, try await bench.opened().scopeless(doomed: running)] {
            let token = doomed.card.token
            #expect(
                await code { try await scope.detokenize(token, purpose: "test") } == .scopeShredded)
            #expect(await code { try await scope.find(PAN(Cards.visa)) } == .scopeShredded)
            #expect(await code { try await scope.tokenize(PAN(Cards.amex)) } == .scopeShredded)
        }
        #expect(await code { try await bench.vault.scope("doomed") } == .scopeShredded)
        #expect(try await holds(bench).map(\.id) == [kept.id])
        try await doomed.other.expectKept(in: bench.scope())
        #expect(try await bench.scope().text(.track2, of: kept) == Held.track2)
        #expect(try await bench.isLogSound())
    }

    @Test(arguments: StoreKind.allCases)
    func `leaves nothing of its keys`(_ kind: StoreKind) async throws {
        let doomed = try await Doomed(kind)
        let vault = doomed.bench.vault
        _ = try await vault.rotate(.data, of: Self.doomed())
        _ = try await vault.rotate(.scope, of: Self.doomed())
        let events = try await doomed.bench.recorded { try await vault.shred(Self.doomed()) }
        #expect(events.first?.action == .shred)
        #expect(events.first?.scope == (try Self.doomed()))
        let set = try await vault.stored(Self.doomed())
        #expect(set.keys.allSatisfy { $0.fence == .closed && $0.wrapping == nil })
        for row in set.keys {
            #expect(try await vault.descriptor(of: row.key.id).state == .destroyed)
        }
        #expect(await code { try await vault.shred(Self.doomed()) } == .scopeShredded)
        #expect(await code { try await vault.addScope(Self.doomed()) } == .scopeShredded)
        #expect(
            await code { try await vault.rotate(.data, of: Self.doomed()) } == .scopeShredded)
    }

    @Test func `leaves copies of the keyring from before to be destroyed`() async throws {
        let doomed = try await Doomed(.sqlite)
        let (bench, vault) = (doomed.bench, doomed.bench.vault)
        let first = try await vault.exportKeyring(to: "\(bench.folder)/first.json")
        let second = try await vault.exportKeyring(to: "\(bench.folder)/second.json")
        #expect(try vault.pendingCopies(of: Self.doomed()).isEmpty)
        #expect(try await Set(vault.shred(Self.doomed()).map(\.id)) == [first.id, second.id])
        let third = try await vault.exportKeyring(to: "\(bench.folder)/third.json")
        try await vault.confirmDestroyed(first.id)
        #expect(try vault.pendingCopies(of: Self.doomed()).map(\.id) == [second.id])
        try await vault.confirmDestroyed(third.id)
        try await vault.confirmDestroyed(second.id)
        #expect(try vault.pendingCopies(of: Self.doomed()).isEmpty)
        #expect(await code { try await vault.shred(#require(ScopeID("none"))) } == .unknownScope)
    }

    @Test func `refuses keyrings from before`() async throws {
        let doomed = try await Doomed(.sqlite)
        let bench = doomed.bench
        try bench.copyKeyring(to: "old.json")
        try await bench.vault.shred(Self.doomed())
        let old = try bench.unlocked("old.json")
        let error = await code {
            _ = try await Vault(keyring: old, store: bench.store, logger: Bench.silence)
        }
        #expect(error == .keyringOlder)
        try await doomed.other.expectKept(in: bench.opened().scope("default"))
    }

    /// Who has the store, BIN and last four has 100,000 numbers to try; and no key to try them
    /// with.
    @Test func `leaves search rows that no key makes again`() async throws {
        let doomed = try await Doomed(.memory)
        let bench = doomed.bench
        let living = try await bench.scope().tokenize(PAN(Cards.visa)).token
        try await bench.vault.shred(Self.doomed())
        let walked = try await bench.store.read { reader throws(StoreError) in
            try reader.cards(after: [], of: nil, limit: .max)
        }
        func row(_ token: Token) throws -> Fingerprint {
            try #require(
                walked.first { $0.record?.token == token }?.fingerprints.first?.fingerprint)
        }
        let (dead, control) = (try row(doomed.card.token), try row(living))
        let keys = try await bench.vault.keys(of: #require(ScopeID("default"))).fingerprintKeys
        #expect(keys.count == 1)
        var (deadCount, controlCount) = (0, 0)
        for middle in 0..<1_000_000 {
            let digits = "\(1_000_000 + middle)".dropFirst()
            guard let pan = try? PAN("411111\(digits)1111") else { continue }
            for key in keys {
                let found = pan.withPacked { packed in
                    (
                        key.key.fingerprint(of: packed, scope: "doomed"),
                        key.key.fingerprint(of: packed, scope: "default")
                    )
                }
                if [found.0, found.1].contains(dead) { deadCount += 1 }
                if found.1 == control { controlCount += 1 }
            }
        }
        #expect(deadCount == 0)
        // The search finds what it can: the same card in the scope that lives.
        #expect(controlCount == 1)
    }
}

extension Vault {
    /// A handle on a scope that this vault never loaded, as one that a server kept.
    fileprivate func scopeless(doomed scope: Scope) -> Scope {
        Scope(vault: self, id: scope.id, caller: scope.caller)
    }
}
