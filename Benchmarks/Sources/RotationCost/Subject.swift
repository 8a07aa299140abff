// SPDX-License-Identifier: Apache-2.0
import CardCrypto
import CardVault
import Workbench

/// What a vault holds before anything is measured.
struct VaultSize {
    let name: String
    let cardCount: Int
    var scopeCount = 1
    /// How often every key was rotated before.
    var rotationCount = 0
}

/// A vault whose keys are changed, and what that costs.
final class Subject {
    static let deeds = [
        "rotate root", "rotate scope", "rotate data", "reseal", "rotate fingerprint",
        "reseal (new search rows)", "rotate hold", "rotate audit", "rotate seal", "inventory",
        "destroy data", "destroy scope", "rotate root --all", "activate",
    ]

    private let demo: DemoVault
    private let store: CountingStore
    private var costs: [String: Cost] = [:]

    init(_ size: VaultSize) async throws {
        var counted: CountingStore?
        demo = try await DemoVault { base in
            let store = CountingStore(base)
            counted = store
            return store
        }
        guard let counted else { preconditionFailure("a vault without a store") }
        store = counted
        for number in 1..<max(size.scopeCount, 1) {
            guard let id = ScopeID("scope-\(number)") else { preconditionFailure("a valid name") }
            try await demo.vault.addScope(id)
        }
        try await demo.fill(size.cardCount)
        for _ in 0..<size.rotationCount {
            for purpose in [KeyPurpose.scope, .data, .fingerprint] {
                _ = try await demo.vault.rotate(purpose, of: demo.scope.id)
            }
            for purpose in [KeyPurpose.hold, .audit, .seal] {
                _ = try await demo.vault.rotate(purpose)
            }
            for try await _ in demo.vault.reseal() {}
        }
        try await demo.store.checkpoint()
    }

    /// Does every deed once.
    func round() async throws -> [String: Cost] {
        costs = [:]
        let (vault, scope) = (demo.vault, demo.scope.id)
        try await measure("rotate root") { try await rotateRoot() }
        let oldScope = try await measure("rotate scope") {
            try await vault.rotate(.scope, of: scope).old
        }
        let oldData = try await measure("rotate data") {
            try await vault.rotate(.data, of: scope).old
        }
        try await measure("reseal") { for try await _ in vault.reseal() {} }
        try await measure("rotate fingerprint") { try await vault.rotate(.fingerprint, of: scope) }
        try await measure("reseal (new search rows)") { for try await _ in vault.reseal() {} }
        for purpose in [KeyPurpose.hold, .audit, .seal] {
            try await measure("rotate \(purpose)") { try await vault.rotate(purpose) }
        }
        try await measure("inventory") { try await vault.inventory() }
        try await measure("destroy data") { if let oldData { try await vault.destroy(oldData) } }
        try await measure("destroy scope") {
            if let oldScope { try await vault.destroy(oldScope) }
        }
        try await measure("rotate root --all") { try await rotateRoot(renewingAll: true) }
        try await measure("activate") { try await vault.activateKeys() }
        for try await _ in vault.reseal() {}
        try await demo.store.checkpoint()
        return costs
    }

    private func rotateRoot(renewingAll: Bool = false) async throws {
        let passphrase = try DemoVault.passphrase()
        try await demo.vault.rotateRoot(renewingAll: renewingAll) {
            rotation throws(KeyringError) in
            _ = try rotation.keep(passphrase)
        }
    }

    @discardableResult
    private func measure<R>(_ name: String, _ body: () async throws -> R) async throws -> R {
        let keyring = demo.keyring
        let (transactions, generation) = (store.transactionCount, keyring.current().generation)
        let bytes = writtenByteCount()
        let begin = ContinuousClock.now
        let result = try await body()
        costs[name] = Cost(
            milliseconds: (.now - begin) / .milliseconds(1),
            transactionCount: store.transactionCount - transactions,
            keyringWriteCount: Int(keyring.current().generation - generation),
            byteCount: writtenByteCount() - bytes)
        return result
    }
}
