// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
public import CardData
internal import CardKeys
internal import Logging

extension Scope {
    /// Opens a held track 1, ends the hold, and lends the track for one call.
    ///
    /// The track is opened in memory; then the hold is removed and that is put on record, in one
    /// durable transaction; only then `body` runs, whatever it does. A crash may lose the track and
    /// never keeps it. A closure of more than one statement says which kind it takes:
    /// `{ (track: borrowing Track1) in … }`.
    ///
    /// - Parameters:
    ///   - handle: what ``hold(_:for:)`` gave.
    ///   - purpose: what it is needed for: 1 to 200 printable characters, no card number.
    ///   - body: gets the track, which is wiped after it.
    /// - Throws: ``VaultError``: `notFound` for a hold that was redeemed, has expired, or belongs
    ///   to another scope or vault; `otherKind`; `handleRefused` when handle or hold were altered,
    ///   and then the hold stays; or what `body` throws.
    public func redeem<R: ~Copyable>(
        _ handle: borrowing HoldHandle, purpose: String = "authorization",
        _ body: (borrowing Track1) async throws -> R
    ) async throws -> R {
        let track = try await redeem(handle, .track1, purpose) { fill throws(OpenError) in
            try Track1.opened(fill)
        }
        return try await body(track)
    }

    /// Opens a held track 2, ends the hold, and lends the track for one call; as for track 1.
    ///
    /// - Throws: ``VaultError``, or what `body` throws.
    public func redeem<R: ~Copyable>(
        _ handle: borrowing HoldHandle, purpose: String = "authorization",
        _ body: (borrowing Track2) async throws -> R
    ) async throws -> R {
        let track = try await redeem(handle, .track2, purpose) { fill throws(OpenError) in
            try Track2.opened(fill)
        }
        return try await body(track)
    }

    /// Opens a held verification code, ends the hold, and lends the code for one call; as for
    /// track 1.
    ///
    /// - Throws: ``VaultError``, or what `body` throws.
    public func redeem<R: ~Copyable>(
        _ handle: borrowing HoldHandle, purpose: String = "authorization",
        _ body: (borrowing CardVerificationCode) async throws -> R
    ) async throws -> R {
        let code = try await redeem(handle, .verificationCode, purpose) { fill throws(OpenError) in
            try CardVerificationCode.opened(fill)
        }
        return try await body(code)
    }

    /// Stores the card of a held track and ends the hold, in one transaction.
    ///
    /// - Parameters:
    ///   - handle: of a track; a verification code is no card.
    ///   - format: what the token looks like.
    ///   - lifetime: how long the token is to live; nil for as long as it is not deleted.
    /// - Throws: ``VaultError``, as `redeem` and `tokenize` do. The hold stays then.
    public func tokenize(
        from handle: borrowing HoldHandle, format: TokenFormat = .opaque,
        for lifetime: Duration? = nil
    ) async throws(VaultError) -> Card {
        try vault.checkProcess()
        let id = handle.id
        return try await onRecord(.redeem, .hold(id)) { () throws(VaultError) in
            let (record, key) = try await held(id)
            let pan: PAN
            let expiry: ExpiryDate?
            switch record.facts.kind {
            case .track1:
                let track = try open(record, handle, key) { fill throws(OpenError) in
                    try Track1.opened(fill)
                }
                pan = track.pan()
                expiry = track.expiry
            case .track2:
                let track = try open(record, handle, key) { fill throws(OpenError) in
                    try Track2.opened(fill)
                }
                pan = track.pan()
                expiry = track.expiry
            case .verificationCode: throw VaultError(.otherKind)
            }
            let end = HoldEnd(id: id, event: event(.redeem, .done, .hold(id)))
            let terms = try CardTerms(format, for: lifetime, from: vault.now())
            let card = try await store(pan, expiry: expiry, terms, ending: end)
            if !card.isNew {
                try await finish(end, and: [event(.tokenize, .found, .token(card.token))])
            }
            return card
        }
    }

    private func redeem<Held: ~Copyable>(
        _ handle: borrowing HoldHandle, _ kind: HoldKind, _ purpose: String,
        _ opened: (
            (inout MutableSpan<UInt8>) throws(OpenError) -> Void
        ) throws(OpenError) -> Held?
    ) async throws(VaultError) -> Held {
        try vault.checkProcess()
        let id = handle.id
        return try await onRecord(.redeem, for: purpose, .hold(id)) { purpose throws(VaultError) in
            let (record, key) = try await held(id)
            guard record.facts.kind == kind else { throw VaultError(.otherKind) }
            let held = try open(record, handle, key, opened)
            let deed = event(.redeem, .done, purpose: purpose, .hold(id))
            try await finish(HoldEnd(id: id, event: deed))
            return held
        }
    }

    /// A hold of this scope, and its key.
    private func held(_ id: HoldID) async throws(VaultError) -> (HoldRecord, HoldKeyEntry) {
        var keys = try await vault.vaultKeys()
        for _ in 0..<2 {
            let (record, epoch) = try await VaultError.store { () throws(StoreError) in
                try await vault.store.read { reader throws(StoreError) in
                    (try reader.hold(id), try reader.epoch(of: nil))
                }
            }
            guard let record, record.scope == self.id else { break }
            if let key = keys.holdKey(record.key) {
                if key.described.state == .compromised {
                    vault.log.warning(
                        "a compromised key opened a hold", metadata: ["key": "\(key.described.id)"])
                }
                return (record, key)
            }
            // Its key is newer than those at hand, or may open nothing any more.
            guard epoch != keys.epoch else {
                guard !vault.needsUnlock else { throw VaultError(.needsUnlock, subject: "hold") }
                break
            }
            keys = try await vault.vaultKeys(after: keys)
        }
        throw VaultError(.notFound)
    }

    private func open<Held: ~Copyable>(
        _ record: HoldRecord, _ handle: borrowing HoldHandle, _ key: HoldKeyEntry,
        _ opened: (
            (inout MutableSpan<UInt8>) throws(OpenError) -> Void
        ) throws(OpenError) -> Held?
    ) throws(VaultError) -> Held {
        let boxKey = try key.boxKey(of: handle)
        let binding = HoldRecord.binding(
            record.id, record.facts, vault: vault.id, scope: record.scope)
        let held: Held?
        do throws(OpenError) {
            held = try opened { plaintext throws(OpenError) in
                try boxKey.open(record.box.span, as: binding, into: &plaintext)
            }
        } catch {
            throw VaultError(.handleRefused)
        }
        guard let held else { throw VaultError(.handleRefused) }
        // Only now: before it is opened anybody may have said when it ends.
        guard vault.now() < record.facts.expires else { throw VaultError(.notFound) }
        return held
    }

    /// Removes the hold and puts that on record, durably.
    private func finish(
        _ end: HoldEnd, and events: [AuditEvent] = []
    ) async throws(VaultError) {
        let isEnded = try await vault.write(revealing: true) {
            transaction, pen throws(StoreError) in
            guard try end.end(in: transaction, pen) else { return false }
            try pen.append(events)
            return true
        }
        guard isEnded else { throw VaultError(.notFound) }
    }
}
