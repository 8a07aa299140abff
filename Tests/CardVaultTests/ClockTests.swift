// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardVault
internal import Testing

@Suite("A clock that is set") struct ClockTests {
    private static let years = Duration.seconds(3 * 365 * 86_400)
    private let clock = Clock()

    @Test(arguments: StoreKind.allCases)
    func `back to before the vault was made keeps its cards and its log`(
        _ kind: StoreKind
    ) async throws {
        let bench = try await Bench(kind, now: clock.read)
        let scope = try await bench.scope()
        let first = try await scope.tokenize(PAN(Cards.visa))
        clock.advance(by: .zero - Self.years)
        let second = try await scope.tokenize(PAN(Cards.amex))
        try await bench.vault.rotated(.data)
        #expect(digits(try await scope.detokenize(first.token, purpose: "test")) == Cards.visa)
        #expect(digits(try await scope.detokenize(second.token, purpose: "test")) == Cards.amex)
        #expect(try await scope.find(PAN(Cards.visa))?.token == first.token)
        #expect(try await bench.isLogSound())
    }

    @Test(arguments: StoreKind.allCases)
    func `forward past the time of a key, and back, lets the key seal again`(
        _ kind: StoreKind
    ) async throws {
        let bench = try await Bench(kind, now: clock.read)
        let scope = try await bench.scope()
        let key = try await bench.vault.sealing(.data).key.id
        clock.advance(by: Self.years)
        #expect(await code { try await scope.tokenize(PAN(Cards.visa)) } == .keyExpired)
        clock.advance(by: .zero - Self.years)
        #expect(try await scope.tokenize(PAN(Cards.visa)).keyID == key)
    }

    @Test(arguments: StoreKind.allCases)
    func `forward ends a hold, and back again redeems it once at most`(
        _ kind: StoreKind
    ) async throws {
        let bench = try await Bench(kind, now: clock.read)
        let scope = try await bench.scope()
        let handle = try await scope.hold(sample: .track2, for: .seconds(600))
        clock.advance(by: .seconds(600))
        #expect(await code { try await scope.text(.track2, of: handle) } == .notFound)
        clock.advance(by: .seconds(-600))
        let again = await code { try await scope.text(.track2, of: handle) }
        #expect(again == nil || again == .notFound)
        #expect(await code { try await scope.text(.track2, of: handle) } == .notFound)
    }
}
