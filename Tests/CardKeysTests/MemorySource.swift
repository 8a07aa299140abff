// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
internal import Foundation
internal import Synchronization

/// A keyring in memory, whose writes fail on demand.
final class MemorySource: KeyringSource {
    /// How the next write fails.
    enum Fault: CaseIterable {
        /// The old keyring is in its place.
        case beforeTheRename
        /// The new keyring is in its place.
        case afterTheRename
    }

    static let failure = KeyringError.file(FileError(operation: .write, systemCode: EIO))

    let name: String
    private let state: Mutex<State>

    private struct State {
        var bytes: [UInt8]?
        var fault: Fault?
        var isLocked = false
        var settledCount = 0
    }

    init(_ bytes: [UInt8]? = nil, name: String = "memory") {
        self.name = name
        state = Mutex(State(bytes: bytes))
    }

    /// What is there.
    var bytes: [UInt8]? {
        get { state.withLock { $0.bytes } }
        set { state.withLock { $0.bytes = newValue } }
    }

    /// How often what was there was made durable.
    var settledCount: Int { state.withLock { $0.settledCount } }

    /// Lets the next write fail.
    func fail(_ fault: Fault) { state.withLock { $0.fault = fault } }

    func load() throws(KeyringError) -> [UInt8]? { bytes }

    func replace(with bytes: [UInt8]) throws(KeyringError) {
        let fault = state.withLock { state in
            let fault = state.fault.take()
            if fault != .beforeTheRename { state.bytes = bytes }
            return fault
        }
        guard fault == nil else { throw Self.failure }
    }

    func settle() throws(KeyringError) { state.withLock { $0.settledCount += 1 } }

    func lock(patience: Duration) throws(KeyringError) -> KeyringLock {
        let isTaken = state.withLock { state in
            defer { state.isLocked = true }
            return !state.isLocked
        }
        guard isTaken else { throw .file(FileError(operation: .lock, systemCode: EWOULDBLOCK)) }
        return KeyringLock(name) { self.state.withLock { $0.isLocked = false } }
    }
}
