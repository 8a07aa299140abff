// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import Synchronization

/// A process as its disk sees it, from its begin until it is killed: every access goes through
/// here, may wait for its turn, may fail, and is refused once the process is dead.
final class SimProcess: Sendable {
    private struct State {
        var isDead = false
        var hasFailed = false
        var firstKeyring: KeyringImage?
        var pendingKeyring: KeyringImage?
        var loadedEpochs: [ScopeID?: UInt64] = [:]
        var forgePin: (@Sendable (Keyring) -> Pin?)?
    }

    let disk: SimDisk
    /// Where it waits for its turns; nil for one that never does.
    let gate: Gate?
    /// What its misfortunes depend on; nil for one that has none.
    let dice: Dice?
    /// Who looks at its transactions; nil for nobody.
    let witness: Witness?
    let fault: PlantedFault?
    private let state = Mutex(State())

    init(
        _ disk: SimDisk, gate: Gate? = nil, dice: Dice? = nil, witness: Witness? = nil,
        fault: PlantedFault? = nil
    ) {
        self.disk = disk
        self.gate = gate
        self.dice = dice
        self.witness = witness
        self.fault = fault
    }

    var isDead: Bool { state.withLock { $0.isDead } }

    /// Whether anything failed since this was last said to be forgotten.
    var hasFailed: Bool { state.withLock { $0.hasFailed } }

    func forgetFailures() { state.withLock { $0.hasFailed = false } }

    /// Ends the process between two instructions. The system frees its lock.
    func kill() {
        state.withLock { state in
            state.isDead = true
            state.pendingKeyring = nil
        }
        freeLock()
    }

    /// Lets somebody look at what the dead process knew.
    func revive() { state.withLock { $0.isDead = false } }

    /// Whether this call of a living process fails.
    func fails(times: Int = 1) -> Bool {
        guard dice?.strikes(times: times) == true else { return false }
        state.withLock { $0.hasFailed = true }
        return true
    }

    /// Waits for the next turn; refuses a process that did not live to see it.
    func pass() async throws(StoreError) {
        if !isDead { await gate?.park() }
        guard !isDead else { throw StoreError(.failed) }
    }

    func takeLock() -> Bool {
        let id = ObjectIdentifier(self)
        return disk.change { content in
            guard content.lockOwner == nil else { return false }
            content.lockOwner = id
            return true
        }
    }

    func freeLock() {
        let id = ObjectIdentifier(self)
        disk.change { content in
            if content.lockOwner == id { content.lockOwner = nil }
        }
    }
}

/// What the planted faults need to know.
extension SimProcess {
    /// The keyring as this process is shown it.
    func shownKeyring() -> KeyringImage? {
        let there = disk.content.keyring
        return state.withLock { state in
            if let pending = state.pendingKeyring { return pending }
            guard fault == .noReload else { return there }
            if state.firstKeyring == nil { state.firstKeyring = there }
            return state.firstKeyring
        }
    }

    /// Holds a keyring back until after the next transaction.
    func hold(_ image: KeyringImage) {
        releaseKeyring()
        state.withLock { $0.pendingKeyring = image }
    }

    /// Puts a keyring that was held back in its place.
    func releaseKeyring() {
        guard let image = state.withLock({ $0.pendingKeyring.take() }) else { return }
        disk.change { content in
            content.keyring = image
            content.durableKeyring = image
        }
    }

    /// Takes what makes a pin with the right code.
    func forgePins(by forge: @escaping @Sendable (Keyring) -> Pin?) {
        state.withLock { $0.forgePin = forge }
    }

    /// Raises the pin to a keyring that is not there yet.
    func raisePin(to keyring: Keyring) {
        guard let forge = state.withLock({ $0.forgePin }), let pin = forge(keyring) else { return }
        disk.change { $0.store.pin = pin }
    }

    /// Notes the epoch of a key set that the process reads.
    func note(_ epoch: UInt64?, of scope: ScopeID?) {
        state.withLock { $0.loadedEpochs[scope] = epoch }
    }

    /// The epoch of a key set that a transaction is told, where it is not the right one.
    func mistakenEpoch(of scope: ScopeID?) -> UInt64? {
        guard fault == .fenceUnchecked else { return nil }
        return state.withLock { $0.loadedEpochs[scope] }
    }
}
