// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
@testable internal import CardVault
internal import Testing

@Suite("Tokenize from a hold") struct TokenizeHeldTests {
    @Test(arguments: StoreKind.allCases, [HoldKind.track1, .track2])
    func `stores the card of a track, and ends the hold`(
        _ store: StoreKind, _ kind: HoldKind
    ) async throws {
        let bench = try await Bench(store)
        let scope = try await bench.scope()
        let handle = try await scope.hold(sample: kind)
        let card = try await scope.tokenize(from: handle)
        #expect(card.isNew)
        #expect(card.expiry?.description == "12/30")
        #expect(card.display.stored == "411111******1111")
        #expect(card.expiresAt == nil)
        let pan = try await scope.detokenize(card.token, purpose: "test")
        #expect(digits(pan) == Cards.visa)
        #expect(try await holds(bench).isEmpty)
        #expect(await refusal { try await scope.tokenize(from: handle) } == VaultErrors.notFound)
        #expect(await code { try await scope.text(kind, of: handle) } == .notFound)
    }

    @Test(arguments: StoreKind.allCases)
    func `gives a card that is there its token, and ends the hold`(
        _ store: StoreKind
    ) async throws {
        let bench = try await Bench(store)
        let scope = try await bench.scope()
        let first = try await scope.tokenize(PAN(Cards.visa))
        let handle = try await scope.hold(sample: .track2)
        let card = try await scope.tokenize(from: handle)
        #expect(!card.isNew)
        #expect(card.token == first.token)
        // The expiry date that came first stays.
        #expect(card.expiry == nil)
        #expect(try await holds(bench).isEmpty)
    }

    @Test func `gives the token its format and its lifetime`() async throws {
        let clock = Clock()
        let bench = try await Bench(.memory, now: clock.read)
        let scope = try await bench.scope()
        let handle = try await scope.hold(sample: .track1)
        let card = try await scope.tokenize(from: handle, format: .lastFour, for: .seconds(60))
        #expect(card.format == .lastFour)
        #expect(card.token.description.hasSuffix("1111"))
        #expect(try card.expiresAt == clock.after(.seconds(60)))
    }

    @Test func `is one transaction`() async throws {
        let bench = try await Bench()
        let probe = StoreProbe(bench.store)
        let vault = try await Vault(
            keyring: bench.keyring, store: probe, patience: Bench.patience, logger: Bench.silence)
        let scope = try await vault.scope("default")
        let handle = try await scope.hold(sample: .track2)
        probe.beforeWrite { _ in }
        #expect(try await scope.tokenize(from: handle).isNew)
        #expect(probe.writeCount == 1)
    }

    @Test(arguments: StoreKind.allCases)
    func `refuses a verification code, and leaves it`(_ store: StoreKind) async throws {
        let bench = try await Bench(store)
        let scope = try await bench.scope()
        let handle = try await scope.hold(sample: .verificationCode)
        #expect(
            await refusal { try await scope.tokenize(from: handle) } == VaultError(.otherKind))
        #expect(try await scope.text(.verificationCode, of: handle) == Held.code)
    }

    @Test func `leaves the hold where the token is refused`() async throws {
        let bench = try await Bench(.memory)
        let scope = try await bench.scope()
        let track = try Held.track2(";378282246310005=3012101?")
        let handle = try await scope.hold(track, for: .seconds(86_400))
        #expect(
            await code { try await scope.tokenize(from: handle, format: .binLastFour) }
                == .formatTooNarrow)
        #expect(await code { try await scope.tokenize(from: handle, for: .zero) } == .badLifetime)
        #expect(try await holds(bench).count == 1)
        #expect(try await scope.tokenize(from: handle).brand == .americanExpress)
    }

    @Test(arguments: [false, true], StoreKind.allCases)
    func `stores and reveals nothing when the hold ended meanwhile`(
        _ isThere: Bool, _ store: StoreKind
    ) async throws {
        let bench = try await Bench(store)
        let base = bench.store
        let probe = StoreProbe(base)
        let vault = try await Vault(
            keyring: bench.keyring, store: probe, patience: Bench.patience, logger: Bench.silence)
        let scope = try await vault.scope("default")
        if isThere { _ = try await scope.tokenize(PAN(Cards.visa)) }
        let handle = try await scope.hold(sample: .track2)
        let id = handle.id
        // Another process redeems it, once it was read here; where the card is there, once it was
        // found.
        probe.beforeWrite { count throws(StoreError) in
            guard count == (isThere ? 2 : 1) else { return }
            _ = try await base.write { transaction throws(StoreError) in
                try transaction.delete(id)
            }
        }
        #expect(await refusal { try await scope.tokenize(from: handle) } == VaultErrors.notFound)
        let found = try await scope.find(PAN(Cards.visa))
        #expect((found != nil) == isThere)
    }

    @Test(arguments: StoreKind.allCases)
    func `of one hold makes one card for many tasks`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let scopes = [try await bench.scope(), try await bench.opened().scope("default")]
        for index in 0..<5 {
            let track = try Held.track2(";4111111111111111=301210\(index)?")
            let text = text(try await scopes[0].hold(track, for: .seconds(86_400)))
            let codes = await withTaskGroup(of: VaultError.Code?.self) { group in
                for index in 0..<12 {
                    group.addTask {
                        await code {
                            try await scopes[index % 2].tokenize(from: HoldHandle(text.span))
                        }
                    }
                    group.addTask { await code { try await scopes[index % 2].track2(text) } }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.count { $0 == nil } == 1)
            #expect(codes.count { $0 == .notFound } == 23, "\(codes)")
        }
        #expect(try await holds(bench).isEmpty)
    }

    @Test(arguments: [StoreError.Code.full, .busy])
    func `stores nothing, and leaves the hold, when the store fails`(
        _ failure: StoreError.Code
    ) async throws {
        let bench = try await Bench()
        let probe = StoreProbe(bench.store)
        let vault = try await Vault(
            keyring: bench.keyring, store: probe, patience: Bench.patience, logger: Bench.silence)
        let scope = try await vault.scope("default")
        let handle = try await scope.hold(sample: .track2)
        probe.beforeWrite { _ throws(StoreError) in throw StoreError(failure) }
        #expect(await refusal { try await scope.tokenize(from: handle) }?.store?.code == failure)
        #expect(try bench.rowCount("cards") == 0)
        probe.beforeWrite { _ in }
        #expect(try await scope.tokenize(from: handle).isNew)
    }
}
