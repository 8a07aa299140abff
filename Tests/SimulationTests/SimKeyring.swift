// SPDX-License-Identifier: Apache-2.0
@testable internal import CardKeys
@testable internal import CardVault

/// The keyring on the shared disk, as one process reads and writes it.
///
/// A replacement is first seen by all and then durable. It may fail, and the process may die, at
/// each point of it.
struct SimKeyring: KeyringSource {
    let process: SimProcess

    var name: String { "keyring" }

    func load() throws(KeyringError) -> [UInt8]? {
        try attempt(.read)
        return process.shownKeyring()?.bytes
    }

    func replace(with bytes: [UInt8]) throws(KeyringError) {
        let image = try KeyringImage(bytes)
        if process.fault == .earlyPin { process.raisePin(to: image.keyring) }
        try attempt(.write, times: 4)
        try dieNow(.write)
        if process.fault == .swappedWrites { return process.hold(image) }
        process.disk.change { $0.keyring = image }
        try dieNow(.rename)
        try attempt(.sync, times: 4)
        process.disk.change { $0.durableKeyring = image }
        try dieNow(.sync)
    }

    func settle() throws(KeyringError) {
        try attempt(.sync)
        process.disk.change { $0.durableKeyring = $0.keyring }
    }

    func lock(patience: Duration) throws(KeyringError) -> KeyringLock {
        try attempt(.open)
        guard process.takeLock() else { throw error(.lock) }
        let lock = KeyringLock(name) { [process] in process.freeLock() }
        do throws(KeyringError) {
            try settle()
        } catch {
            lock.release()
            throw error
        }
        return lock
    }

    /// Lets the operation fail, as it does for a dead process.
    private func attempt(
        _ operation: FileError.Operation, times: Int = 1
    ) throws(KeyringError) {
        guard !process.isDead, !process.fails(times: times) else { throw error(operation) }
    }

    /// Lets the process die here now and then.
    private func dieNow(_ operation: FileError.Operation) throws(KeyringError) {
        guard process.dice?.strikes(times: 4) == true else { return }
        process.kill()
        throw error(operation)
    }

    private func error(_ operation: FileError.Operation) -> KeyringError {
        .file(FileError(operation: operation, systemCode: 5))
    }
}
