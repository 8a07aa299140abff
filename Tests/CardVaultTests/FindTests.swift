// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault
internal import Testing

@Suite("Find, describe, detokenize, delete") struct FindTests {
    @Test(arguments: StoreKind.allCases)
    func `finds a card by its number, and no other`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let scope = try await bench.scope()
        let expiry = try ExpiryDate("12/30")
        let card = try await scope.tokenize(PAN(Cards.visa), expiry: expiry)
        let found = try await scope.find(PAN(Cards.visa))
        #expect(found?.token == card.token)
        #expect(found?.expiry == expiry)
        #expect(found?.isNew == false)
        let other = try await scope.find(PAN(Cards.otherVisa))
        #expect(other == nil)
        let otherFormat = try await scope.find(PAN(Cards.visa), format: .lastFour)
        #expect(otherFormat == nil)
    }

    @Test(arguments: StoreKind.allCases)
    func `knows no token that was never given`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let scope = try await bench.scope()
        _ = try await scope.tokenize(PAN(Cards.visa))
        for text in ["tok_00000000000000000000000000", Cards.amex] {
            let token = try Token(text)
            #expect(await refusal { try await scope.describe(token) } == VaultErrors.notFound)
            #expect(
                await refusal { try await scope.detokenize(token, purpose: "test") }
                    == VaultErrors.notFound)
            #expect(await refusal { try await scope.delete(token) } == VaultErrors.notFound)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `forgets a deleted card, and may store it again`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let scope = try await bench.scope()
        let card = try await scope.tokenize(PAN(Cards.visa))
        try await scope.delete(card.token)
        #expect(await code { try await scope.describe(card.token) } == .notFound)
        #expect(await code { try await scope.delete(card.token) } == .notFound)
        let found = try await scope.find(PAN(Cards.visa))
        #expect(found == nil)
        let again = try await scope.tokenize(PAN(Cards.visa))
        #expect(again.isNew)
        #expect(again.token != card.token)
    }

    @Test(arguments: StoreKind.allCases)
    func `keeps the scopes apart`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let (mine, theirs) = (try await bench.scope(), try await bench.scope("acme"))
        let card = try await mine.tokenize(PAN(Cards.visa))
        let missed = try await theirs.find(PAN(Cards.visa))
        #expect(missed == nil)
        #expect(await refusal { try await theirs.describe(card.token) } == VaultErrors.notFound)
        #expect(
            await refusal { try await theirs.detokenize(card.token, purpose: "test") }
                == VaultErrors.notFound)
        #expect(await refusal { try await theirs.delete(card.token) } == VaultErrors.notFound)
        let other = try await theirs.tokenize(PAN(Cards.visa))
        #expect(other.isNew)
        #expect(other.token != card.token)
        #expect(other.keyID != card.keyID)
        #expect(try await mine.describe(card.token).token == card.token)
    }

    @Test func `knows no scope that was never made`() async throws {
        let bench = try await Bench()
        for name in ["acme", "", "ACME", "a b", String(repeating: "a", count: 65)] {
            #expect(await code { try await bench.vault.scope(name) } == .unknownScope)
        }
        // A card number where a scope is asked for goes into no message.
        let error = await refusal { try await bench.vault.scope(Cards.visa) }
        #expect(error?.code == .unknownScope)
        #expect(error?.subject == nil)
    }

    @Test(arguments: badTexts)
    func `takes no purpose, actor or origin that may not go on record`(_ text: String) async throws
    {
        let shared = try await SharedBench.memory.value
        let card = try await shared.scope.tokenize(PAN(Cards.visa))
        #expect(
            await refusal { try await shared.scope.detokenize(card.token, purpose: text) }
                == VaultErrors.badPurpose)
        #expect(
            await refusal { try await shared.scope.detokenize([card.token], purpose: text) }
                == VaultErrors.badPurpose)
        #expect(
            await refusal { try await shared.bench.vault.scope("default", as: text) }
                == VaultErrors.badActor)
        #expect(
            await refusal { try await shared.bench.vault.scope("default", from: text) }
                == VaultErrors.badOrigin)
    }

    @Test(arguments: goodTexts)
    func `takes a purpose that may`(_ text: String) async throws {
        let vault = try await SharedBench.memory.value.bench.vault
        let scope = try await vault.scope("default", as: text, from: text)
        let card = try await scope.tokenize(PAN(Cards.visa))
        let pan = try await scope.detokenize(card.token, purpose: text)
        #expect(digits(pan) == Cards.visa)
    }

    static let badTexts = [
        "", String(repeating: "a", count: 201), "a\nb", "a\u{0}", "a\u{7f}", "caf\u{e9}", "\t",
        Cards.visa, "for 4111 1111 1111 1111", "4111-1111-1111-1111.", "x\(Cards.shortVisa)x",
        "99\(Cards.amex)7", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", Cards.unionPay19,
    ]

    static let goodTexts = [
        "a", String(repeating: "a", count: 200), "order 123456789012", "411111 then 1111",
        "4111 and 1111, 1111 1111",
    ]
}

/// Errors that carry nothing but their code.
enum VaultErrors {
    static let notFound = VaultError(.notFound)
    static let badPurpose = VaultError(.badPurpose)
    static let badActor = VaultError(.badActor)
    static let badOrigin = VaultError(.badOrigin)
}
