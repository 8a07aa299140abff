// SPDX-License-Identifier: Apache-2.0
internal import CardVault

/// A card number that must be seen nowhere.
struct Canary {
    let number: String

    /// The number, and what is nearly one: with another check digit, too long, with a letter.
    private var texts: [String] {
        let last = number.last == "0" ? "1" : "0"
        return [number, number.dropLast() + last, number + "0000", number.dropLast() + "x"]
    }

    /// Gives it to whatever reads a text.
    func parse(_ teller: inout Teller) async {
        for text in texts {
            let bytes = Array(text.utf8)
            await teller.call { try facts(of: PAN(bytes.span)) }
            await teller.call { try facts(of: PAN(text, luhn: .ignored)) }
            await teller.call { try Track1(Array("%B\(text)^A/B^3012101?".utf8).span).expiry }
            await teller.call { try Track1(Array("%B\(text)^A/B?".utf8).span).expiry }
            await teller.call { try Track2(Array(";\(text)=3012101?".utf8).span).serviceCode }
            await teller.call { try Track2(Array(";\(text)=9912?".utf8).span).serviceCode }
            await teller.call { try CardVerificationCode(bytes.span).digitCount }
            await teller.call { try ServiceCode(bytes.span) }
            await teller.call { try ExpiryDate(text) }
            await teller.call { try DisplayDigits(stored: bytes.span) }
            await teller.call { try HoldHandle(bytes.span).id }
            await teller.tellRefusal { _ = try Passphrase(bytes.span) }
            await teller.call { ScopeID(text)?.description.count }
            await teller.call { try Token("tok_\(text)") }
            await teller.call { try Token("\(text)x") }
        }
    }

    private func facts(of pan: borrowing PAN) -> [Any] {
        [
            pan.digitCount, pan.brand, pan.bin(digits: 6) as Any,
            Truncation.allCases.map { pan.display($0) },
        ]
    }

    /// Gives it to whatever a vault does with one card.
    func use(_ vault: Vault, _ scope: Scope, _ teller: inout Teller) async throws {
        let pan = try PAN(number)
        for format in [TokenFormat.opaque, .lastFour] {
            await teller.call { try await scope.tokenize(pan, format: format) }
        }
        await teller.call { try await scope.tokenize(pan, for: .zero) }
        await teller.call { try await scope.find(pan, format: .binLastFour) }
        guard let card = try await scope.find(pan) else { preconditionFailure("it was stored") }
        let token = card.token
        await teller.call { try await scope.describe(token) }
        await teller.call { try await scope.extend(token, until: .now()) }
        await teller.call { try await scope.detokenize(token, purpose: "probe").brand }
        await teller.call { try await scope.detokenize(token, purpose: number).brand }
        await teller.call { try await vault.scope(number).id }
        await teller.call { try await vault.scope("default", as: number).id }
        await teller.call { try await vault.scope("default", as: "a", from: number).id }
        try await mistake(scope, &teller)
        try await hold(scope, &teller)
        await teller.tellRefusal { try await scope.delete(token) }
        await teller.call { try await scope.detokenize(token, purpose: "probe").brand }
    }

    /// Somebody takes it for a token.
    private func mistake(_ scope: Scope, _ teller: inout Teller) async throws {
        let token = try Token(number)
        await teller.call { try await scope.describe(token) }
        await teller.call { try await scope.extend(token, until: .now()) }
        await teller.call { try await scope.detokenize(token, purpose: "probe").brand }
        await teller.call {
            try await scope.detokenize([token], purpose: "probe").failure(at: 0) as Any
        }
        await teller.tellRefusal { try await scope.delete(token) }
    }

    private func hold(_ scope: Scope, _ teller: inout Teller) async throws {
        let text = Array("%B\(number)^A/B^3012101?".utf8)
        let handle = try await scope.hold(Track1(text.span), for: .seconds(600))
        teller.tell(handle.id)
        await teller.tellRefusal { try await scope.redeem(handle) { (_: borrowing Track2) in } }
        await teller.call {
            try await scope.redeem(handle) { (track: borrowing Track1) in track.expiry }
        }
        await teller.tellRefusal { try await scope.redeem(handle) { (_: borrowing Track1) in } }
        let other = Array(";\(number)=3012101?".utf8)
        let kept = try await scope.hold(Track2(other.span), for: .seconds(600))
        for _ in 0..<2 {
            await teller.call { try await scope.tokenize(from: kept, format: .binLastFour) }
        }
        teller.tell(try await scope.hold(Track2(other.span), for: .seconds(600)).id)
    }
}
