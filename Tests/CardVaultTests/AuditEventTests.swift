// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardVault
internal import TestSupport
internal import Testing

/// What goes on record of holds, and of the vault itself.
@Suite("Record of events") struct AuditEventTests {
    /// A track 2 as its parser takes it, of a published test number.
    private static let track = ";4111111111111111=29121011234567890?"

    private func track2() throws -> Track2 { try Track2(Self.track.utf8.span) }

    private func kinds(_ events: [AuditEvent]) -> [String] {
        events.map { "\($0.action.rawValue) \($0.outcome.rawValue)" }
    }

    @Test(arguments: StoreKind.allCases) func `a hold and its redemption`(_ kind: StoreKind)
        async throws
    {
        let bench = try await Bench(kind)
        _ = try await bench.scope()
        let scope = try await bench.vault.scope("default", as: "terminal 4", from: "10.0.0.9")
        var id: HoldID?
        let events = try await bench.recorded {
            let handle = try await scope.hold(track2(), for: .seconds(86_400))
            id = handle.id
            let code = await code {
                try await scope.redeem(handle) { (_: borrowing Track1) in }
            }
            #expect(code == .otherKind)
            try await scope.redeem(handle, purpose: "auth 7") { (_: borrowing Track2) in }
            let again = await CardVaultTests.code {
                try await scope.redeem(handle) { (_: borrowing Track2) in }
            }
            #expect(again == .notFound)
        }
        #expect(
            kinds(events) == ["hold done", "redeem otherKind", "redeem done", "redeem notFound"])
        let hold = try #require(id)
        for event in events {
            #expect(event.subject == .hold(hold))
            #expect(event.actor == "terminal 4" && event.origin == "10.0.0.9")
            #expect(event.scope == scope.id)
        }
        #expect(events.map(\.purpose) == [nil, "authorization", "auth 7", "authorization"])
        #expect(try await bench.isLogSound())
    }

    @Test(arguments: StoreKind.allCases)
    func `a held track that became a token`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let scope = try await bench.scope()
        let events = try await bench.recorded {
            for _ in 0..<2 {
                let handle = try await scope.hold(track2(), for: .seconds(86_400))
                _ = try await scope.tokenize(from: handle)
            }
        }
        // The second time the card is there already.
        #expect(
            kinds(events) == [
                "hold done", "redeem done", "hold done", "redeem done", "tokenize found",
            ])
    }

    @Test func `a hold that is refused`() async throws {
        let bench = try await Bench(.memory)
        let scope = try await bench.scope()
        let events = try await bench.recorded {
            for lifetime in [Duration.zero, .seconds(-1), .seconds(8 * 86_400)] {
                let refused = await code { try await scope.hold(track2(), for: lifetime) }
                #expect(refused == .badLifetime)
            }
        }
        #expect(kinds(events) == [String](repeating: "hold badLifetime", count: 3))
    }

    @Test(arguments: StoreKind.allCases)
    func `what was removed when its time was over`(_ kind: StoreKind) async throws {
        let clock = Clock(at: 1_900_000_000_000)
        let bench = try await Bench(kind, now: clock.read)
        let scope = try await bench.scope()
        let token = try await scope.tokenize(PAN(Cards.visa), for: .seconds(1)).token
        let hold = try await scope.hold(track2(), for: .seconds(1)).id
        clock.advance(by: .seconds(1))
        let events = try await bench.recorded { _ = try await bench.vault.sweep() }
        #expect(kinds(events) == ["expire done", "expire done"])
        #expect(events.map(\.subject) == [.tokens([token], askedCount: 1), .hold(hold)])
        for event in events {
            #expect(event.time.milliseconds == 1_900_000_001_000)
            #expect(event.actor == "unnamed" && event.scope == nil)
        }
        let none = try await bench.recorded { _ = try await bench.vault.sweep() }
        #expect(none.isEmpty)
    }

    @Test(arguments: StoreKind.allCases)
    func `what any writer removed by the way`(_ kind: StoreKind) async throws {
        let clock = Clock(at: 1_900_000_000_000)
        let bench = try await Bench(kind, now: clock.read)
        let scope = try await bench.scope()
        let token = try await scope.tokenize(PAN(Cards.visa), for: .seconds(1)).token
        clock.advance(by: .seconds(60))
        let events = try await bench.recorded {
            _ = try await scope.tokenize(PAN(Cards.mastercard))
        }
        #expect(kinds(events) == ["expire done"])
        #expect(events.map(\.subject) == [.tokens([token], askedCount: 1)])
        #expect(try await bench.isLogSound())
    }

    /// A card that is stored again ends what was left of it.
    @Test(arguments: StoreKind.allCases)
    func `what was removed when its card came again, by whom`(_ kind: StoreKind) async throws {
        let clock = Clock(at: 1_900_000_000_000)
        let bench = try await Bench(kind, now: clock.read)
        _ = try await bench.scope()
        let scope = try await bench.vault.scope("default", as: "alice")
        let token = try await scope.tokenize(PAN(Cards.visa), for: .milliseconds(10)).token
        clock.advance(by: .milliseconds(20))
        let events = try await bench.recorded {
            _ = try await scope.tokenize(PAN(Cards.visa))
        }
        #expect(kinds(events) == ["expire done"])
        #expect(events[0].actor == "alice" && events[0].subject == .tokens([token], askedCount: 1))
        #expect(try await bench.isLogSound())
    }

    @Test func `the begin of the log and every opening, by whom and from where`() async throws {
        let bench = try await Bench()
        #expect(
            kinds(try await bench.store.events()) == [
                "start done", "scope-add done", "keyring done", "unlock done", "unlock done",
            ])
        let events = try await bench.recorded {
            let vault = try await Vault(
                keyring: bench.unlocked(), store: bench.store, as: "operator", from: "tty1",
                patience: Bench.patience)
            try await vault.stop()
        }
        #expect(kinds(events) == ["unlock done", "stop done"])
        #expect(events.allSatisfy { $0.actor == "operator" && $0.origin == "tty1" })
    }

    @Test func `the begin of a log in memory`() async throws {
        let bench = try await Bench(.memory)
        #expect(
            kinds(try await bench.store.events()) == [
                "start done", "scope-add done", "unlock done", "unlock done",
            ])
    }

    @Test func `a store that is made by a name`() async throws {
        let bench = try await Bench()
        let (keyring, store) = (
            try TestCustodian.newVault(at: "\(bench.folder)/other.json"), MemoryStore()
        )
        try await Vault.initialize(keyring, store: store, as: "custodian", from: "tty2")
        let events = try await store.events()
        #expect(kinds(events) == ["start done", "scope-add done", "unlock done"])
        #expect(events.allSatisfy { $0.actor == "custodian" && $0.origin == "tty2" })
        #expect(events[0].time == keyring.current().created)
        let refused = await code {
            try await Vault.initialize(
                TestCustodian.newVault(at: "\(bench.folder)/third.json"), store: MemoryStore(),
                as: Cards.visa)
        }
        #expect(refused == .badActor)
    }

    @Test func `the keys of a scope, and the keyring that has them`() async throws {
        let bench = try await Bench()
        let id = try #require(ScopeID("acme"))
        let events = try await bench.recorded { try await bench.vault.addScope(id) }
        #expect(kinds(events) == ["scope-add done", "keyring done"])
        let set = try await bench.vault.stored(id)
        #expect(events[0].subject == .keys(set.keys.map(\.key.id)))
        #expect(events[0].scope == id)
        #expect(set.keys.count == 3)
        #expect(events[1].purpose == "generation 2")
        #expect(events[1].scope == nil)
    }

    @Test func `a scope that was there already`() async throws {
        let bench = try await Bench()
        let id = try #require(ScopeID("default"))
        let events = try await bench.recorded {
            #expect(await code { try await bench.vault.addScope(id) } == .scopeExists)
        }
        #expect(kinds(events) == ["scope-add scopeExists"])
        #expect(events[0].scope == id)
    }

    @Test func `a keyring that grew elsewhere`() async throws {
        let bench = try await Bench()
        let id = try #require(ScopeID("acme"))
        // As if the process had been killed after it wrote the keyring.
        let other = try bench.unlocked()
        let lock = try other.lock()
        try other.addScope(id, tokens: .timeOrdered, at: .now(), under: lock)
        let events = try await bench.recorded { _ = try await bench.opened(over: bench.store) }
        #expect(kinds(events) == ["keyring done", "unlock done"])
        #expect(events[0].purpose == "generation 2" && events[0].actor == "probe")
    }

    @Test func `a scope that is refused, without its name`() async throws {
        let bench = try await Bench(.memory)
        let names = ["nobody", "Not a name", Cards.visa, ""]
        let events = try await bench.recorded {
            for name in names {
                let refused = await code {
                    try await bench.vault.scope(name, as: "alice", from: "10.0.0.7")
                }
                #expect(refused == .unknownScope)
            }
        }
        #expect(kinds(events) == [String](repeating: "scope unknownScope", count: names.count))
        for event in events {
            #expect(event.actor == "alice" && event.origin == "10.0.0.7")
            #expect(event.scope == nil && event.subject == .none && event.purpose == nil)
        }
    }

    @Test func `a name or an origin that is refused, in the vault's own`() async throws {
        let bench = try await Bench()
        let vault = try await bench.opened(over: bench.store, as: "server 1")
        let events = try await bench.recorded {
            #expect(await code { try await vault.scope("default", as: "\n") } == .badActor)
            #expect(
                await code { try await vault.scope("default", as: "a", from: "\n") } == .badOrigin)
        }
        #expect(kinds(events) == ["scope badActor", "scope badOrigin"])
        #expect(events.allSatisfy { $0.actor == "server 1" && $0.origin == nil })
    }

    @Test func `nothing of a scope that was given`() async throws {
        let bench = try await Bench()
        _ = try await bench.scope()
        let events = try await bench.recorded { _ = try await bench.vault.scope("default") }
        #expect(events.isEmpty)
    }

    @Test func `who read, exported, anchored and archived the log`() async throws {
        let bench = try await Bench(.memory)
        let events = try await bench.recorded {
            _ = try await bench.vault.auditTail(1)
            _ = try await bench.export()
            _ = try await bench.vault.auditAnchor()
            _ = try await bench.vault.archiveAudit(before: moment(1)) { _ in
            } commit: {
            }
        }
        #expect(kinds(events) == ["audit-read done", "audit-export done", "audit-anchor done"])
    }
}
