// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import Testing

/// A change of keys, or a walk, that may be cut off anywhere.
enum RotationDeed: String, CaseIterable, Sendable {
    case scope, data, fingerprint, hold, audit, seal
    case root, rootOfAll, activation
    case suspension, resumption, compromise, holdCompromise
    case destruction, holdDestruction, shredding
    case reseal, fingerprintReseal

    private var purpose: KeyPurpose? { KeyPurpose(rawValue: rawValue) }

    /// Brings a vault to where the deed can be done; gives the key that it is done to.
    func prepare(_ vault: Vault) async throws -> KeyID? {
        switch self {
        case .suspension, .compromise: return try await vault.sealing(.data).key.id
        case .holdCompromise: return try await vault.sealing(.hold).key.id
        case .resumption:
            let id = try await vault.sealing(.hold).key.id
            try await vault.suspend(id)
            return id
        case .activation: try await vault.rotatedRoot(renewingAll: true)
        case .destruction:
            let id = try await vault.rotated(.data).old
            try await vault.resealed()
            return id
        case .holdDestruction: return try await vault.rotated(.hold).old
        case .shredding: try await vault.addScope(try #require(ScopeID("doomed")))
        case .reseal: try await vault.rotated(.data)
        case .fingerprintReseal: try await vault.rotated(.fingerprint)
        default: break
        }
        return nil
    }

    /// Does it; or goes on with it.
    func run(_ vault: Vault, _ id: KeyID?) async throws {
        if let purpose { return _ = try await vault.rotated(purpose) }
        switch self {
        case .root: try await vault.rotatedRoot()
        case .rootOfAll: try await vault.rotatedRoot(renewingAll: true)
        case .activation: try await vault.activateKeys()
        case .shredding: try await vault.shred(try #require(ScopeID("doomed")))
        case .reseal, .fingerprintReseal: try await vault.resealed()
        case .suspension: try await vault.suspend(try #require(id))
        case .resumption: try await vault.resume(try #require(id))
        case .compromise, .holdCompromise: try await vault.compromise(try #require(id))
        default: try await vault.destroy(try #require(id))
        }
    }

    /// What the deed says when it is done already.
    var isDoneCode: VaultError.Code? {
        switch self {
        case .suspension, .resumption, .compromise, .holdCompromise, .destruction,
            .holdDestruction:
            .keyState
        case .shredding: .scopeShredded
        default: nil
        }
    }

    /// Whether it is done.
    func isDone(_ vault: Vault, _ id: KeyID?) async throws -> Bool {
        if let purpose { return try await vault.sealing(purpose).key.sequence > 1 }
        let keyring = vault.keyring.current()
        func isIn(_ state: KeyState) async throws -> Bool {
            try await vault.descriptor(of: try #require(id)).state == state
        }
        switch self {
        case .root: return keyring.required > 1
        case .rootOfAll: return keyring.keys.contains { $0.state == .preActivation }
        case .activation: return !keyring.keys.contains { $0.state == .preActivation }
        case .shredding:
            return keyring.scope(try #require(ScopeID("doomed")))?.shreddedAt != nil
        case .suspension: return try await isIn(.suspended)
        case .resumption: return try await isIn(.active)
        case .compromise, .holdCompromise: return try await isIn(.compromised)
        case .destruction, .holdDestruction: return try await isIn(.destroyed)
        default:
            let keys = try await vault.stored(ScopeID("default")).keys
            return keys.count { $0.key.purpose == .fingerprint && $0.fence == .sealing } == 1
        }
    }
}
