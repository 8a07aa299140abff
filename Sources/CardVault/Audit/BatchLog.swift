// SPDX-License-Identifier: Apache-2.0

/// What goes on record of a batch: one entry with the tokens that were answered, and one for each
/// kind of refusal.
struct BatchLog {
    private let askedCount: Int
    private var answered: [Token] = []
    private var refused: [VaultError.Code: [Token]] = [:]

    init(askedCount: Int) { self.askedCount = askedCount }

    /// Notes a token that was answered.
    mutating func note(_ token: Token) { answered.append(token) }

    /// Notes a row that was refused.
    mutating func note(_ error: VaultError, of token: Token? = nil) {
        guard error.isRefusal else { return }
        let asked = token.flatMap { $0.couldBeCardNumber ? nil : $0 }
        refused[error.code, default: []] += [error.namedToken ?? asked].compactMap(\.self)
    }

    /// Notes what became of a card to be stored: a new one answers nothing.
    mutating func note(_ result: Result<Card, VaultError>) {
        switch result {
        case .success(let card): if !card.isNew { note(card.token) }
        case .failure(let error): note(error)
        }
    }

    /// The entries, of at most 1,024 tokens each.
    ///
    /// - Parameters:
    ///   - action: what was asked.
    ///   - outcome: of the tokens that were answered.
    ///   - scope: in whose name.
    ///   - isAnswer: whether no token at all is an answer too.
    func events(
        _ action: AuditAction, _ outcome: AuditOutcome, purpose: AuditText? = nil,
        in scope: Scope, evenIfEmpty isAnswer: Bool = false
    ) -> [AuditEvent] {
        var events: [AuditEvent] = []
        func note(_ outcome: AuditOutcome, _ tokens: [Token]) {
            let subject = AuditSubject.tokens(tokens, askedCount: askedCount)
            events.append(scope.event(action, outcome, purpose: purpose, subject))
        }
        if isAnswer && answered.isEmpty { note(outcome, []) }
        for tokens in answered.runs(of: AuditSubject.idLimit) { note(outcome, tokens) }
        for (code, tokens) in refused.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            if tokens.isEmpty { note(.refused(code), []) }
            for tokens in tokens.runs(of: AuditSubject.idLimit) { note(.refused(code), tokens) }
        }
        return events
    }
}
