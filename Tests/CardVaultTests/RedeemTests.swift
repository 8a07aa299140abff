// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
@testable internal import CardVault
internal import CardVaultSQLite
internal import Synchronization
internal import Testing

@Suite("Hold and redeem") struct RedeemTests {
    @Test(arguments: StoreKind.allCases, HoldKind.allCases)
    func `give back what was held, and the second time nothing`(
        _ store: StoreKind, _ kind: HoldKind
    ) async throws {
        let bench = try await Bench(store)
        let scope = try await bench.scope()
        let handle = try await scope.hold(sample: kind)
        #expect(try await scope.text(kind, of: handle) == kind.sample)
        for kind in HoldKind.allCases {
            #expect(
                await refusal { try await scope.text(kind, of: handle) } == VaultErrors.notFound)
        }
        #expect(try await holds(bench).isEmpty)
    }

    @Test(arguments: StoreKind.allCases)
    func `keep many holds apart`(_ store: StoreKind) async throws {
        let bench = try await Bench(store)
        let scope = try await bench.scope()
        var texts: [[UInt8]] = []
        for index in 0..<20 {
            let track = try Held.track2(";4111111111111111=3012101\(1_000 + index)?")
            texts.append(text(try await scope.hold(track, for: .seconds(86_400))))
        }
        for index in [7, 0, 19, 3] {
            #expect(
                try await scope.track2(texts[index])
                    == ";4111111111111111=3012101\(1_000 + index)?")
        }
        #expect(try await holds(bench).count == 16)
    }

    @Test func `lend the parts of a track`() async throws {
        let scope = try await Bench(.memory).scope()
        let handle = try await scope.hold(sample: .track1)
        let (number, expiry) = try await scope.redeem(handle, purpose: "authorization") {
            (track: borrowing Track1) in (digits(track.pan()), track.expiry?.description)
        }
        #expect(number == Cards.visa)
        #expect(expiry == "12/30")
    }

    @Test func `outlive the process`() async throws {
        let bench = try await Bench()
        let handle = try await bench.scope().hold(sample: .track2)
        let scope = try await bench.opened().scope("default")
        #expect(try await scope.text(.track2, of: handle) == Held.track2)
        #expect(
            await code { try await bench.scope().text(.track2, of: handle) } == .notFound)
    }

    @Test func `work again after the keys were forgotten`() async throws {
        let bench = try await Bench()
        let scope = try await bench.scope()
        let handle = try await scope.hold(sample: .track2)
        bench.vault.forgetKeys()
        #expect(try await scope.text(.track2, of: handle) == Held.track2)
    }

    @Test(arguments: HoldKind.allCases)
    func `do not open a hold as another kind, and leave it`(_ kind: HoldKind) async throws {
        let bench = try await Bench(.memory)
        let scope = try await bench.scope()
        let handle = try await scope.hold(sample: kind)
        for other in HoldKind.allCases where other != kind {
            #expect(
                await refusal { try await scope.text(other, of: handle) }
                    == VaultError(.otherKind))
        }
        #expect(try await scope.text(kind, of: handle) == kind.sample)
    }

    @Test func `know no hold of another scope, and leave it`() async throws {
        let bench = try await Bench()
        let (mine, theirs) = (try await bench.scope(), try await bench.scope("acme"))
        let handle = try await mine.hold(sample: .track2)
        for kind in HoldKind.allCases {
            #expect(
                await refusal { try await theirs.text(kind, of: handle) } == VaultErrors.notFound)
        }
        #expect(await code { try await theirs.tokenize(from: handle) } == .notFound)
        #expect(try await mine.text(.track2, of: handle) == Held.track2)
    }

    @Test func `know no hold of another vault`() async throws {
        let (bench, other) = (try await Bench(), try await Bench(isStranger: true))
        let handle = try await bench.scope().hold(sample: .track2)
        #expect(
            await code { try await other.scope().text(.track2, of: handle) } == .notFound)
        // Nor where somebody has carried the row over.
        _ = try await other.scope().hold(sample: .track2)
        try other.tamper(
            """
            ATTACH '\(bench.storePath)' AS theirs;
            INSERT INTO holds SELECT * FROM theirs.holds;
            """)
        #expect(
            await code { try await other.scope().text(.track2, of: handle) } == .handleRefused)
        #expect(try await bench.scope().text(.track2, of: handle) == Held.track2)
    }

    @Test(arguments: badPurposes)
    func `take no purpose that may not go on record, and leave the hold`(
        _ purpose: String
    ) async throws {
        let scope = try await Bench(.memory).scope()
        let handle = try await scope.hold(sample: .track2)
        #expect(
            await refusal {
                try await scope.redeem(handle, purpose: purpose) { (_: borrowing Track2) in }
            } == VaultErrors.badPurpose)
        #expect(try await scope.text(.track2, of: handle) == Held.track2)
    }

    private static let badPurposes = ["", String(repeating: "a", count: 10_240), "a\n", Cards.visa]

    private struct Mishap: Error {}

    @Test(arguments: StoreKind.allCases)
    func `end a hold even if the closure throws`(_ store: StoreKind) async throws {
        let bench = try await Bench(store)
        let scope = try await bench.scope()
        let handle = try await scope.hold(sample: .track2)
        await #expect(throws: Mishap.self) {
            try await scope.redeem(handle) { (_: borrowing Track2) in throw Mishap() }
        }
        #expect(await code { try await scope.text(.track2, of: handle) } == .notFound)
        #expect(try await holds(bench).isEmpty)
    }

    @Test func `end a hold even if the task was cancelled in the closure`() async throws {
        let bench = try await Bench()
        let scope = try await bench.scope()
        let text = text(try await scope.hold(sample: .track2))
        let task = Task {
            let handle = try HoldHandle(text.span)
            return try await scope.redeem(handle) { (_: borrowing Track2) in
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                try Task.checkCancellation()
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(await code { try await scope.track2(text) } == .notFound)
    }

    @Test func `lend after the row is gone and the deed is on record`() async throws {
        let bench = try await Bench()
        let scope = try await bench.vault.scope("default", as: "clerk", from: "10.0.0.1")
        let handle = try await scope.hold(sample: .track2)
        let id = handle.id
        let other = try SQLiteStore(path: bench.storePath)
        let seen = Mutex(false)
        try await scope.redeem(handle, purpose: "order 7") { (_: borrowing Track2) async throws in
            // What another process sees at this moment.
            let (hold, entries) = try await other.read { reader throws(StoreError) in
                (try reader.hold(id), try reader.auditEntries(from: 1, limit: 1_000))
            }
            #expect(hold == nil)
            let last = try #require(entries.last.flatMap { AuditEntry(bytes: $0.bytes) })
            #expect(last.event.action == .redeem)
            #expect(last.event.outcome == .done)
            #expect(last.event.subject == .hold(id))
            #expect(last.event.actor == "clerk")
            #expect(last.event.origin == "10.0.0.1")
            #expect(last.event.purpose == "order 7")
            seen.withLock { $0 = true }
        }
        #expect(seen.withLock { $0 })
    }

    @Test func `end a hold in one transaction`() async throws {
        let bench = try await Bench()
        let probe = StoreProbe(bench.store)
        let vault = try await Vault(
            keyring: bench.keyring, store: probe, patience: Bench.patience, logger: Bench.silence)
        let scope = try await vault.scope("default")
        let handle = try await scope.hold(sample: .track2)
        probe.beforeWrite { _ in }
        _ = try await scope.text(.track2, of: handle)
        #expect(probe.writeCount == 1)
    }

    @Test(arguments: StoreKind.allCases)
    func `open a hold for one of many tasks`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let scopes = [
            try await bench.scope(), try await bench.opened().scope("default"),
            try await bench.opened().scope("default"),
        ]
        for _ in 0..<5 {
            let text = text(try await scopes[0].hold(sample: .track2))
            let codes = await withTaskGroup(of: VaultError.Code?.self) { group in
                for index in 0..<24 {
                    group.addTask { await code { try await scopes[index % 3].track2(text) } }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.count { $0 == nil } == 1)
            #expect(codes.count { $0 == .notFound } == 23)
        }
        #expect(try await holds(bench).isEmpty)
    }

    @Test func `show in a listing names, kinds and times alone`() async throws {
        let clock = Clock()
        let bench = try await Bench(now: clock.read)
        var expected: [HoldKind] = []
        for (number, kind) in HoldKind.allCases.enumerated() {
            _ = try await bench.scope("s\(number)").hold(sample: kind, for: .seconds(86_400))
            clock.advance(by: .milliseconds(5))
            expected.append(kind)
        }
        let list = try await holds(bench)
        #expect(list.map(\.kind) == expected)
        #expect(list.map(\.scope.description) == ["s0", "s1", "s2"])
        #expect(
            try list.map(\.created) == [-15, -10, -5].map { try clock.after(.milliseconds($0)) })
        #expect(list.allSatisfy { $0.expires.milliseconds - $0.created.milliseconds == 86_400_000 })
        #expect(
            list.allSatisfy {
                Mirror(reflecting: $0).children.map(\.label)
                    == ["id", "scope", "kind", "created", "expires"]
            })
    }
}
