// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardData
@testable internal import CardKeys
@testable internal import CardVault
internal import Foundation
internal import SecretMemory

/// What the tool does.
extension Deck {
    /// Scopes that may be made beside the first.
    private static let names = ["north", "south"].compactMap { ScopeID($0) }

    func drawForTool() -> Operation {
        if rotatesRoot && dice.roll(8) == 0 { return rotateRoot() }
        switch dice.roll(100) {
        case ..<12: return rotate(.data)
        case ..<24: return rotate(.fingerprint)
        case ..<32: return rotate(.scope)
        case ..<37: return rotate(.hold)
        case ..<41: return rotate(.audit)
        case ..<46: return rotate(.seal)
        case ..<62: return reseal(pages: 1 + dice.roll(6))
        case ..<72: return destroy()
        case ..<77: return compromise()
        case ..<80: return suspend()
        case ..<84: return resume()
        case ..<87: return deactivate()
        case ..<90: return activate()
        case ..<94: return addScope()
        case ..<95: return shred()
        case ..<96: return export()
        case ..<97: return confirmCopy()
        case ..<98: return setPeriod()
        default: return reseal(pages: 3)
        }
    }

    private func rotate(_ purpose: KeyPurpose) -> Operation {
        let isOfScope = purpose == .scope || purpose.isStoreHeld
        let scope = isOfScope ? scope() : nil
        return Operation(
            name: "rotate \(purpose)\(scope.map { " of \($0)" } ?? "")",
            refusals: refusals(in: scope)
        ) { machine in
            let rotation = try await machine.vault.rotate(purpose, of: scope)
            return rotation.isResumed ? "resumed" : "done"
        }
    }

    /// Some pages of a reseal, or all that are left.
    func reseal(pages: Int) -> Operation {
        let scope = dice.roll(2) == 0 ? scope() : nil
        return reseal(scope, pages: pages)
    }

    func reseal(_ scope: ScopeID?, pages: Int) -> Operation {
        var options = ResealOptions()
        options.pageCount = 3
        let chosen = options
        return Operation(
            name: "reseal \(scope?.description ?? "all"), \(pages) pages",
            refusals: refusals(in: scope)
        ) { machine in
            var iterator =
                if let scope {
                    try await machine.vault.scope(scope.description).reseal(chosen)
                        .makeAsyncIterator()
                } else {
                    machine.vault.reseal(chosen).makeAsyncIterator()
                }
            var last: ResealProgress?
            for _ in 0..<pages {
                guard let progress = try await iterator.next() else { break }
                last = progress
            }
            guard let last else { return "nothing" }
            guard last.unreadableCount == 0 else { throw Violation(text: "a card did not open") }
            guard last.changedCount == 0 else { throw Violation(text: "a search row was changed") }
            guard last.duplicateCount == 0 else { throw Violation(text: "a card has two tokens") }
            return "walked \(last.walkedCount), sealed \(last.resealedCount), "
                + "indexed \(last.indexedCount)\(last.isFinished ? ", finished" : "")"
        }
    }

    private func key() -> (id: KeyID, number: Int)? {
        let ids = disk.content.keyIDs
        guard !ids.isEmpty else { return nil }
        let number = dice.roll(ids.count)
        return (ids[number], number)
    }

    private func change(
        _ name: String, _ refusals: Set<VaultError.Code> = [],
        _ body: @escaping @Sendable (Vault, KeyID) async throws -> Void
    ) -> Operation {
        guard let (id, number) = key() else { return addScope() }
        let allowed = refusals.union([.keyState, .onlyKey, .scopeShredded, .scopeIncomplete])
        // A new key is wrapped by one that may be kept from sealing.
        return Operation(
            name: "\(name) \(number)", refusals: allowed.union(self.refusals(in: nil))
        ) { machine in
            try await body(machine.vault, id)
            return "done"
        }
    }

    private func destroy() -> Operation {
        change("destroy", [.keyNeeded]) { vault, id in try await vault.destroy(id) }
    }

    private func compromise() -> Operation {
        change("compromise") { vault, id in _ = try await vault.compromise(id) }
    }

    private func suspend() -> Operation {
        change("suspend") { vault, id in
            try ledger.change { state throws(Violation) in state.hasSuspended = true }
            try await vault.suspend(id)
        }
    }

    private func resume() -> Operation {
        let suspended = disk.content.keyIDs.enumerated().filter { isSuspended($0.element) }
        guard let (number, id) = dice.pick(suspended.map { ($0.offset, $0.element) }) else {
            return suspend()
        }
        return resume(id, number)
    }

    func resume(_ id: KeyID, _ number: Int) -> Operation {
        Operation(name: "resume \(number)", refusals: [.keyState, .scopeShredded]) { machine in
            try await machine.vault.resume(id)
            return "done"
        }
    }

    func isSuspended(_ id: KeyID) -> Bool {
        let content = disk.content
        if content.keyring?.keyring.key(id)?.state == .suspended { return true }
        return content.store.keySets.values.contains { set in
            set.keys.contains { $0.key.id == id && $0.key.state == .suspended }
        }
    }

    private func deactivate() -> Operation {
        change("deactivate") { vault, id in try await vault.deactivate(id) }
    }

    func activate() -> Operation {
        Operation(name: "activate") { machine in
            let keys = try await machine.vault.activateKeys()
            return "\(keys.count) keys"
        }
    }

    private func rotateRoot() -> Operation {
        let isOfAll = dice.roll(2) == 0
        return Operation(name: "rotate root\(isOfAll ? " and all" : "")") { machine in
            let change = try await machine.vault.rotateRoot(renewingAll: isOfAll) {
                rotation throws(KeyringError) in
                _ = try rotation.keep(Template.passphrase())
            }
            return "\(change.waiting.count) keys wait"
        }
    }

    private func shred() -> Operation {
        // The first scope stays, so that there is always work.
        guard let scope = dice.pick(ledger.content.scopes.filter { $0 != Template.scope }) else {
            return addScope()
        }
        return Operation(name: "shred \(scope)", refusals: refusals(in: scope)) { machine in
            try ledger.change { state throws(Violation) in _ = state.shredding.insert(scope) }
            try await machine.vault.shred(scope)
            return "done"
        }
    }

    private func addScope() -> Operation {
        guard let scope = dice.pick(Self.names) else { return activate() }
        return addScope(scope)
    }

    func addScope(_ scope: ScopeID) -> Operation {
        Operation(name: "add \(scope)", refusals: [.scopeExists, .scopeShredded]) { machine in
            try ledger.change { state throws(Violation) in
                if !state.scopes.contains(scope) { state.scopes.append(scope) }
            }
            try await machine.vault.addScope(scope)
            try ledger.change { state throws(Violation) in
                _ = state.completeScopes.insert(scope)
            }
            return "done"
        }
    }

    private func export() -> Operation {
        Operation(name: "export") { machine in
            let path = FileManager.default.temporaryDirectory
                .appending(path: "card-vault-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: path) }
            _ = try await machine.vault.exportKeyring(to: path)
            return "done"
        }
    }

    private func confirmCopy() -> Operation {
        let copies = disk.content.keyring?.keyring.copies ?? []
        guard !copies.isEmpty else { return export() }
        let number = dice.roll(copies.count)
        let id = copies[number].id
        return Operation(name: "confirm copy \(number)", refusals: [.unknownCopy]) { machine in
            try await machine.vault.confirmDestroyed(id)
            return "done"
        }
    }

    /// Longer than the standard: no key is to expire in a run.
    private func setPeriod() -> Operation {
        let purposes = [KeyPurpose.data, .scope, .hold]
        let purpose = purposes[dice.roll(purposes.count)]
        let days = Cryptoperiod.standard.originatorDays + dice.roll(500)
        return Operation(name: "period of \(purpose): \(days) days") { machine in
            if let period = Cryptoperiod(originatorDays: days, recipientDays: 3_000) {
                try await machine.vault.setPeriod(period, of: purpose)
            }
            return "done"
        }
    }
}
