// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import Testing

extension KeyPurpose {
    /// Whether a key of it belongs to a scope.
    var isOfScope: Bool { self == .scope || isStoreHeld }
    /// The scope of the bench whose key it is; nil for a key of the vault itself.
    var scope: ScopeID? { isOfScope ? ScopeID("default") : nil }

    /// What `rotate` takes.
    static let rotated: [KeyPurpose] = [.scope, .data, .fingerprint, .hold, .audit, .seal]
}

extension Vault {
    /// Rotates a key of the vault or of the bench's scope.
    @discardableResult
    func rotated(_ purpose: KeyPurpose) async throws -> KeyRotation {
        try await rotate(purpose, of: purpose.scope)
    }

    /// Reseals every scope to the end.
    @discardableResult
    func resealed(_ options: ResealOptions = ResealOptions()) async throws -> ResealProgress {
        try await reseal(options).last()
    }

    /// The key of a purpose that seals.
    func sealing(_ purpose: KeyPurpose) async throws -> StoredKey {
        try #require(
            try await stored(purpose.scope).keys
                .filter { $0.key.purpose == purpose && $0.fence == .sealing }
                .max { $0.key.sequence < $1.key.sequence })
    }

    /// A key as it is stored.
    func stored(_ id: KeyID) async throws -> StoredKey {
        let scope = try await descriptor(of: id).scope
        return try #require(try await stored(scope).keys.first { $0.key.id == id })
    }

    /// Rotates the root key, keeping the only slot.
    @discardableResult
    func rotatedRoot(renewingAll: Bool = false) async throws -> RootChange {
        let passphrase = try Bench.passphrase()
        return try await rotateRoot(renewingAll: renewingAll) { rotation throws(KeyringError) in
            _ = try rotation.keep(passphrase)
        }
    }

    /// Takes a keyring under a new root key.
    func unlockedAgain() async throws {
        try await unlockAgain(with: .passphrase(Bench.passphrase()))
    }

    /// Moves all of the audit log but its newest entry out of the store.
    func archiveLog() async throws {
        _ = try await archiveAudit(before: try moment(1 << 48 - 1), entry: { _ in }, commit: {})
    }
}

extension Reseal {
    /// How far it has come at its end.
    func last() async throws -> ResealProgress {
        var last: ResealProgress?
        for try await progress in self { last = progress }
        let end = try #require(last)
        #expect(end.isFinished)
        return end
    }
}

extension Bench {
    /// The secret of the only slot.
    static func passphrase() throws -> Passphrase { try Passphrase(TestCustodian.secret.utf8.span) }
}

/// All that keyring and store hold, but for the audit log.
struct VaultSnapshot: Equatable {
    let keyring: [UInt8]?
    let pin: Pin?
    let sets: Set<KeySet>
    let cards: [WalkedCard]
    let rows: [RegisterRow]
    let holds: [HoldRecord]

    init(_ bench: Bench) async throws {
        keyring = try bench.keyring.source.load()
        (pin, sets, cards, rows, holds) = try await bench.store.read {
            reader throws(StoreError) in
            var sets: Set<KeySet> = []
            for scope in try reader.keySetScopes() {
                if let set = try reader.keySet(of: scope) { sets.insert(set) }
            }
            var rows: [RegisterRow] = []
            for register in Register.allCases { rows += try reader.rows(of: register) }
            return (
                try reader.pin(), sets, try reader.cards(after: [], of: nil, limit: .max), rows,
                try reader.holds()
            )
        }
    }
}

/// Cards in the scope of a bench, and what every process must say of them whatever was rotated.
struct RotationCards: Sendable {
    let tokens: [Int: Token]

    init(_ scope: Scope, count: Int = 3) async throws {
        var tokens: [Int: Token] = [:]
        for index in 0..<count {
            tokens[index] = try await scope.tokenize(Cards.numbered(index)).token
        }
        self.tokens = tokens
    }

    /// Each token gives its card back, and each card its token and no other.
    func expectKept(in scope: Scope, _ comment: Comment? = nil) async throws {
        for (index, token) in tokens {
            let pan = try await scope.detokenize(token, purpose: "test")
            #expect(digits(pan) == Cards.text(index), comment)
            #expect(try await scope.find(Cards.numbered(index))?.token == token, comment)
            let card = try await scope.tokenize(Cards.numbered(index))
            #expect(card.token == token && !card.isNew, comment)
        }
    }
}
