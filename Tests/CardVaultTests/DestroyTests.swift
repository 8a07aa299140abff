// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import Testing

@Suite("Destroying a key") struct DestroyTests {
    /// Something that needs a key, and how it comes to need it no more.
    enum Need: String, CaseIterable, Sendable {
        case card, fingerprint, hold, wrappedKey, auditEntry, sealedRows

        var purpose: KeyPurpose {
            switch self {
            case .card: .data
            case .fingerprint: .fingerprint
            case .hold: .hold
            case .wrappedKey: .scope
            case .auditEntry: .audit
            case .sealedRows: .seal
            }
        }

        /// A store in which the key before is still needed. Of rotations that leave nothing under
        /// the key before, a row is put back as it was.
        func arise(_ bench: Bench) async throws -> KeyID {
            let scope = try await bench.scope()
            _ = try await scope.tokenize(PAN(Cards.visa))
            _ = try await scope.hold(sample: .track2)
            let old = try await bench.vault.sealing(purpose)
            let set = try await bench.vault.stored(ScopeID("default"))
            let wrapped = set.keys.first { $0.key.purpose == .data }
            switch self {
            case .fingerprint:
                // Compromised, it goes on beside its successor until a reseal.
                try await bench.vault.compromise(old.key.id)
            case .sealedRows:
                try await bench.vault.rotated(.seal)
                try await bench.store.write { transaction throws(StoreError) in
                    try transaction.put(set)
                }
            case .wrappedKey:
                try await bench.vault.rotated(.scope)
                let keys = try await bench.vault.stored(ScopeID("default")).keys.map {
                    $0.number == wrapped?.number ? try #require(wrapped) : $0
                }
                try await bench.vault.put(keys, of: ScopeID("default"))
            default: try await bench.vault.rotated(purpose)
            }
            return old.key.id
        }

        func count(in needs: KeyNeeds) -> Int {
            switch self {
            case .card: needs.recordCount
            case .fingerprint: needs.fingerprintCount
            case .hold: needs.holdCount
            case .wrappedKey: needs.wrappedKeyCount
            case .auditEntry: needs.auditEntryCount
            case .sealedRows: needs.sealsRows ? 1 : 0
            }
        }

        func end(_ bench: Bench) async throws {
            switch self {
            case .card, .fingerprint: try await bench.vault.resealed()
            case .hold:
                for hold in try await bench.store.read({ reader throws(StoreError) in
                    try reader.holds()
                }) {
                    try await bench.store.write { transaction throws(StoreError) in
                        _ = try transaction.delete(hold.id)
                    }
                }
            case .auditEntry: try await bench.vault.archiveLog()
            // The next change of keys brings all into line.
            case .wrappedKey: try await bench.vault.rotated(.hold)
            case .sealedRows: try await bench.vault.rotated(.seal)
            }
        }
    }

    @Test(arguments: StoreKind.allCases, Need.allCases)
    func `is refused while anything needs it, and done when nothing does`(
        _ kind: StoreKind, _ need: Need
    ) async throws {
        let bench = try await Bench(kind)
        let id = try await need.arise(bench)
        let needs = try await bench.vault.destruction(of: id).needs
        #expect(need.count(in: needs) > 0)
        if need != .wrappedKey {
            let before = try await VaultSnapshot(bench)
            let error = await refusal { try await bench.vault.destroy(id) }
            #expect(error?.code == .keyNeeded)
            let subject = try #require(error?.subject)
            #expect(subject.hasPrefix("\(need.purpose) key \(id): "))
            #expect(need == .auditEntry || subject.hasSuffix(needs.description))
            #expect(try await VaultSnapshot(bench) == before)
        }
        try await need.end(bench)
        #expect(try await bench.vault.destruction(of: id).needs.isEmpty)
        try await bench.vault.destroy(id)
        let row = try await bench.vault.stored(id)
        #expect(row.fence == .closed)
        #expect(row.wrapping == nil)
        let key = try await bench.vault.descriptor(of: id)
        #expect(key.state == .destroyed)
        #expect(key.dates.entered[.destroyed] != nil)
        #expect(await code { try await bench.vault.destroy(id) } == .keyState)
        #expect(try await bench.scope().find(PAN(Cards.visa)) != nil)
        #expect(try await bench.scope().tokenize(PAN(Cards.amex)).isNew)
    }

    @Test func `names the scope key that older copies of the store keep it under`() async throws {
        let bench = try await Bench()
        let scopeKey = try await bench.vault.sealing(.scope).key.id
        let id = try #require(try await bench.vault.rotated(.data).old)
        #expect(try await bench.vault.destruction(of: id).wrapper == scopeKey)
        #expect(try await bench.vault.destruction(of: scopeKey).wrapper == nil)
    }

    @Test(arguments: [KeyPurpose.scope, .hold, .seal])
    func `takes its bytes from the keyring, and refuses keyrings from before`(
        _ purpose: KeyPurpose
    ) async throws {
        let bench = try await Bench()
        let id = try #require(try await bench.vault.rotated(purpose).old)
        try bench.copyKeyring(to: "old.json")
        try await bench.vault.destroy(id)
        #expect(throws: KeyringError.self) { _ = try bench.keyring.unwrap(id) }
        let old = try bench.unlocked("old.json")
        let error = await code {
            _ = try await Vault(keyring: old, store: bench.store, logger: Bench.silence)
        }
        #expect(error == .keyringOlder)
    }

    @Test func `is on record`() async throws {
        let bench = try await Bench()
        let id = try #require(try await bench.vault.rotated(.data).old)
        let events = try await bench.recorded { try await bench.vault.destroy(id) }
        #expect(events.map(\.action) == [.destroyKey])
        #expect(events.first?.subject == .keys([id]))
        #expect(events.first?.outcome == .done)
    }
}
