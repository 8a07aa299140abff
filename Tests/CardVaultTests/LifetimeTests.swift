// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
@testable internal import CardVault
internal import Testing

@Suite("The lifetime of a hold") struct LifetimeTests {
    /// A store on which only the clock of a test tells what is over.
    private struct Scene {
        let clock = Clock()
        let bench: Bench
        let scope: Scope

        init(_ kind: StoreKind = .sqlite) async throws {
            bench = try await Bench(kind, now: clock.read)
            scope = try await bench.scope()
        }

        func holdCount() async throws -> Int { try await holds(bench).count }

        /// Any deed that writes.
        func write() async throws { _ = try await scope.find(PAN(Cards.amex)) }
    }

    private static let week = Duration.seconds(7 * 24 * 60 * 60)

    @Test(arguments: [
        Duration.zero, .seconds(-1), .milliseconds(-1), .nanoseconds(999_999),
        .seconds(8 * 24 * 60 * 60), week + Duration(secondsComponent: 0, attosecondsComponent: 1),
        .seconds(Int64.max), .seconds(Int64.min),
    ])
    func `is refused outside of what is allowed, and nothing is held`(
        _ lifetime: Duration
    ) async throws {
        let scene = try await Scene(.memory)
        for kind in HoldKind.allCases {
            #expect(
                await refusal { try await scene.scope.hold(sample: kind, for: lifetime) }
                    == VaultError(.badLifetime))
        }
        #expect(try await scene.holdCount() == 0)
    }

    @Test(arguments: [
        Duration.milliseconds(1), .seconds(1), week - .nanoseconds(1), week,
    ])
    func `is what was asked for, in whole milliseconds`(_ lifetime: Duration) async throws {
        let scene = try await Scene(.memory)
        _ = try await scene.scope.hold(sample: .track2, for: lifetime)
        let hold = try await holds(scene.bench)[0]
        #expect(try hold.created == scene.clock.after(.zero))
        #expect(try hold.expires == scene.clock.after(lifetime))
    }

    @Test func `past the end of all time is refused`() async throws {
        let clock = Clock(at: 1 << 48 - 1_000)
        let bench = try await Bench(.memory, now: clock.read)
        let scope = try await bench.scope()
        #expect(
            await code { try await scope.hold(sample: .track2, for: .seconds(1)) } == .badLifetime)
        _ = try await scope.hold(sample: .track2, for: .milliseconds(999))
        #expect(
            await code { try await scope.tokenize(PAN(Cards.visa), for: .seconds(1)) }
                == .badLifetime)
    }

    @Test(arguments: StoreKind.allCases)
    func `is over at its end, and not a moment before`(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let first = try await scene.scope.hold(sample: .track2, for: .seconds(10))
        let second = try await scene.scope.hold(sample: .track2, for: .seconds(10))
        scene.clock.advance(by: .milliseconds(9_999))
        #expect(try await scene.scope.text(.track2, of: first) == Held.track2)
        scene.clock.advance(by: .milliseconds(1))
        #expect(
            await refusal { try await scene.scope.text(.track2, of: second) }
                == VaultErrors.notFound)
        #expect(await code { try await scene.scope.tokenize(from: second) } == .notFound)
    }

    @Test(arguments: StoreKind.allCases)
    func `once over is swept by who next writes`(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        _ = try await scene.scope.hold(sample: .track2, for: .seconds(10))
        _ = try await scene.scope.hold(sample: .track1, for: .seconds(11))
        scene.clock.advance(by: .seconds(10))
        #expect(try await scene.holdCount() == 2)
        try await scene.write()
        #expect(try await holds(scene.bench).map(\.kind) == [.track1])
    }

    @Test(arguments: StoreKind.allCases)
    func `is swept in steps`(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        for _ in 0..<150 {
            _ = try await scene.scope.hold(sample: .verificationCode, for: .seconds(10))
        }
        scene.clock.advance(by: .seconds(10))
        // While something is left, each transaction takes its part.
        for count in [150 - 64, 150 - 128, 0, 0] {
            try await scene.write()
            #expect(try await scene.holdCount() == count)
        }
    }

    @Test func `is looked at once a second, by the clock`() async throws {
        let scene = try await Scene()
        scene.clock.advance(by: .seconds(1))
        try await scene.write()
        _ = try await scene.scope.hold(sample: .track2, for: .milliseconds(1))
        scene.clock.advance(by: .milliseconds(999))
        try await scene.write()
        #expect(try await scene.holdCount() == 1)
        scene.clock.advance(by: .milliseconds(1))
        try await scene.write()
        #expect(try await scene.holdCount() == 0)
    }

    @Test func `is looked at anew when the clock was set back`() async throws {
        let scene = try await Scene()
        _ = try await scene.scope.hold(sample: .track2, for: .milliseconds(1))
        scene.clock.advance(by: .seconds(100))
        try await scene.write()
        scene.clock.advance(by: .seconds(-50))
        _ = try await scene.scope.hold(sample: .track2, for: .milliseconds(1))
        scene.clock.advance(by: .milliseconds(1_000))
        try await scene.write()
        #expect(try await scene.holdCount() == 0)
    }

    @Test(arguments: StoreKind.allCases)
    func `that was swept is revived by no clock`(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let handle = try await scene.scope.hold(sample: .track2, for: .seconds(10))
        scene.clock.advance(by: .seconds(10))
        try await scene.write()
        scene.clock.advance(by: .seconds(-10))
        #expect(
            await code { try await scene.scope.text(.track2, of: handle) } == .notFound)
        #expect(try await scene.holdCount() == 0)
    }

    @Test func `is swept on request, all at once`() async throws {
        let scene = try await Scene()
        for _ in 0..<70 {
            _ = try await scene.scope.hold(sample: .track2, for: .seconds(10))
        }
        let kept = try await scene.scope.hold(sample: .track2, for: .seconds(11))
        for index in 0..<3 {
            _ = try await scene.scope.tokenize(Cards.numbered(index), for: .seconds(10))
        }
        scene.clock.advance(by: .seconds(10))
        let swept = try await scene.bench.vault.sweep()
        // The transaction of the sweep takes its own part besides.
        #expect(swept.cardCount == 3)
        #expect(swept.holdCount == 70)
        #expect(try await scene.bench.vault.sweep() == (0, 0))
        #expect(try await scene.scope.text(.track2, of: kept) == Held.track2)
    }
}
