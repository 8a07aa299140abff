// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault
internal import Testing

/// Deeds that reveal something, and therefore must be on record first.
enum RevealingDeed: CaseIterable {
    case detokenize, detokenizeBatch, find, findMissing, findBatch
    case tokenizeHit, tokenizeHitBatch, redeem, tokenizeHeld

    /// How many transactions come before the one of the entry: to store a card that turns out to be
    /// there.
    var earlierWriteCount: Int {
        [.tokenizeHit, .tokenizeHitBatch, .tokenizeHeld].contains(self) ? 1 : 0
    }
}

/// A vault over a probe, with a card and a held track in it.
struct AuditDesk {
    static let track = ";4111111111111111=29121011234567890?"

    let bench: Bench
    let probe: StoreProbe
    let vault: Vault
    let scope: Scope
    let token: Token
    private let handleText: [UInt8]

    init(
        _ kind: StoreKind = .sqlite, patience: Duration = Bench.patience
    ) async throws {
        bench = try await Bench(kind)
        probe = StoreProbe(bench.store)
        vault = try await bench.opened(over: probe, patience: patience)
        scope = try await vault.scope("default", as: "alice")
        token = try await scope.tokenize(PAN(Cards.visa)).token
        let handle = try await scope.hold(Track2(Self.track.utf8.span), for: .seconds(600))
        handleText = handle.withText { text in text.indices.map { text[$0] } }
    }

    /// Does the deed; tells whether anything was revealed.
    func reveal(by deed: RevealingDeed) async throws -> Bool {
        switch deed {
        case .detokenize:
            return digits(try await scope.detokenize(token, purpose: "test")) == Cards.visa
        case .detokenizeBatch:
            return try await scope.detokenize([token], purpose: "test").failure(at: 0) == nil
        case .find: return try await scope.find(PAN(Cards.visa))?.token == token
        case .findMissing: return try await scope.find(PAN(Cards.amex)) == nil
        case .findBatch: return try await !scope.find(batch).isEmpty
        case .tokenizeHit: return try await scope.tokenize(PAN(Cards.visa)).token == token
        case .tokenizeHitBatch: return try await !scope.tokenize(batch).isEmpty
        case .redeem:
            return try await scope.redeem(HoldHandle(handleText.span)) { (_: borrowing Track2) in
                true
            }
        case .tokenizeHeld:
            return try await scope.tokenize(from: HoldHandle(handleText.span)).token == token
        }
    }

    private var batch: CardBatch {
        var batch = CardBatch(capacity: 1)
        batch.append(Cards.visa.utf8.span)
        return batch
    }

    /// Why the deed revealed nothing; nil when it revealed something.
    func refusal(of deed: RevealingDeed) async -> VaultError? {
        await CardVaultTests.refusal {
            let isRevealed = try await reveal(by: deed)
            #expect(isRevealed)
        }
    }
}
