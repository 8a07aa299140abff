// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardData
internal import CardKeys

extension Scope {
    /// What may be shown of a stored card. Verifies the record and releases no card number.
    ///
    /// - Throws: ``VaultError``: `notFound`, or `integrity` naming the token; either is on record.
    public func describe(_ token: Token) async throws(VaultError) -> Card {
        try await onRecord(.describe, .token(token)) { () throws(VaultError) in
            let card = try await withKeys { keys throws(VaultError) -> Card? in
                guard let record = try await record(token, keys) else { return nil }
                _ = try keys.open(record)
                guard !record.facts.isExpired(at: vault.now()) else { return nil }
                // Keys at hand may be destroyed by now: what they open is to be seen no more.
                guard try await !vault.isStale(keys) else { return nil }
                return try keys.card(record, isNew: false)
            }
            guard let card else { throw VaultError(.notFound) }
            return card
        }
    }
}
