// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import Testing

/// What may be asked of a single key.
enum KeyVerb: String, CaseIterable, Sendable {
    case suspend, resume, deactivate, compromise, destroy

    /// The state that the key is to enter.
    var target: KeyState {
        switch self {
        case .suspend: .suspended
        case .resume: .active
        case .deactivate: .deactivated
        case .compromise: .compromised
        case .destroy: .destroyed
        }
    }

    func run(on id: KeyID, of vault: Vault) async throws {
        switch self {
        case .suspend: try await vault.suspend(id)
        case .resume: try await vault.resume(id)
        case .deactivate: try await vault.deactivate(id)
        case .compromise: _ = try await vault.compromise(id)
        case .destroy: try await vault.destroy(id)
        }
    }
}

/// A key of a purpose in a state, in a vault without cards.
struct KeySituation: Sendable, CustomTestStringConvertible {
    let purpose: KeyPurpose
    let state: KeyState

    var testDescription: String { "\(state) \(purpose) key" }

    /// All that can come to be.
    static let all: [KeySituation] = KeyPurpose.rotated.flatMap { purpose in
        KeyState.allCases.compactMap { state in
            let isImpossible =
                (state == .preActivation && purpose.isStoreHeld)
                || (state == .suspended && [.fingerprint, .audit, .seal].contains(purpose))
            return isImpossible ? nil : KeySituation(purpose: purpose, state: state)
        }
    }

    /// Brings a key of a new bench there.
    func make(on bench: Bench) async throws -> KeyID {
        let vault = bench.vault
        let first = try await vault.sealing(purpose).key.id
        switch state {
        case .preActivation:
            let waiting = try await vault.rotatedRoot(renewingAll: true).waiting
            let keyring = bench.keyring.current()
            return try #require(waiting.first { keyring.key($0)?.purpose == purpose })
        case .active: break
        case .suspended: try await vault.suspend(first)
        case .compromised: try await vault.compromise(first)
        case .deactivated: try await retire()
        case .destroyed:
            try await retire()
            if purpose == .audit { try await vault.archiveLog() }
            try await vault.destroy(first)
        }
        return first

        func retire() async throws {
            try await vault.rotated(purpose)
            if purpose == .fingerprint { try await vault.resealed() }
        }
    }

    /// Why a verb is refused here; nil where it is not.
    func refusal(of verb: KeyVerb) -> VaultError.Code? {
        guard state.mayBecome(verb.target) else { return .keyState }
        switch verb {
        case .suspend: return [.fingerprint, .audit, .seal].contains(purpose) ? .onlyKey : nil
        case .resume: return state == .suspended ? nil : .keyState
        case .deactivate: return .onlyKey
        case .compromise: return nil
        // What the log says of the past is under the key before.
        case .destroy: return purpose == .audit && state != .preActivation ? .keyNeeded : nil
        }
    }
}
