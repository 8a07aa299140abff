// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardData
@testable internal import CardKeys
@testable internal import CardVault
internal import Synchronization

/// What should not have happened.
struct Violation: Error {
    let text: String
}

/// What the processes were told, and what they have asked for: by that the disk is judged.
final class Ledger: Sendable {
    /// A card of a scope, by its place among the test cards.
    struct Place: Hashable, Sendable {
        let scope: ScopeID
        let card: Int
    }

    struct Acknowledged: Sendable {
        let place: Place
        /// It is there until then at least; nil where it has no end.
        var end: Timestamp?
    }

    struct Held: Sendable {
        let id: HoldID
        let text: [UInt8]
        let scope: ScopeID
        let code: Int
        /// How often somebody began to redeem it: once begun, it may be gone.
        var attemptCount = 0
        var isEnding: Bool { attemptCount > 0 }
    }

    struct State: Sendable {
        var tokens: [Token: Acknowledged] = [:]
        /// The tokens as they were first told.
        var order: [Token] = []
        /// Tokens whose deletion was asked for.
        var ending: Set<Token> = []
        var holds: [Held] = []
        /// Scopes whose making was asked for, in this order.
        var scopes: [ScopeID] = []
        var completeScopes: Set<ScopeID> = []
        /// Scopes whose shredding was asked for.
        var shredding: Set<ScopeID> = []
        /// Whether a key was ever kept from sealing.
        var hasSuspended = false
    }

    private let state: Mutex<State>

    init(_ state: State) { self.state = Mutex(state) }

    var content: State { state.withLock { $0 } }

    func change<R: Sendable>(_ body: (inout State) throws(Violation) -> R) throws(Violation) -> R {
        try state.withLock { state throws(Violation) in try body(&state) }
    }

    /// Notes an answer that names a token of a card.
    func note(_ card: Card, of place: Place) throws(Violation) {
        try change { state throws(Violation) in
            guard let known = state.tokens[card.token] else {
                state.tokens[card.token] = Acknowledged(place: place, end: card.expiresAt)
                state.order.append(card.token)
                return
            }
            guard known.place == place else { throw Violation(text: "a token of two cards") }
        }
    }
}

extension Ledger.State {
    /// Whether a token must be there, the clock having said `moment` last.
    func isDue(_ token: Token, at moment: UInt64) -> Bool {
        guard let known = tokens[token], !ending.contains(token) else { return false }
        return known.end.map { $0.milliseconds > moment } ?? true
    }

    /// The tokens of a place that must be there.
    func due(_ place: Ledger.Place, at moment: UInt64) -> [Token] {
        order.filter { tokens[$0]?.place == place && isDue($0, at: moment) }
    }
}

/// Card numbers that processors publish for their sandboxes.
enum SandboxCards {
    static let numbers = [
        "4111111111111111", "4012888888881881", "5555555555554444", "5105105105105100",
        "378282246310005", "371449635398431", "6011111111111117", "6011000990139424",
        "3530111333300000", "30569309025904",
    ]

    /// The place of a card number among them; nil for another.
    static func index(of pan: borrowing PAN) -> Int? {
        let digits = pan.withDigits { digits in
            String(decoding: digits.indices.map { digits[$0] }, as: UTF8.self)
        }
        return numbers.firstIndex(of: digits)
    }
}
