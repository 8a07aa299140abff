// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
internal import Synchronization

/// A keyring file whose n-th replacement fails, before it is made or after.
final class FailingSource: KeyringSource {
    static let failure = KeyringError.file(FileError(operation: .write, systemCode: 28))

    private let base: KeyringPath
    private let state = Mutex<(left: Int, isAfter: Bool)?>(nil)
    private let count = Mutex(0)

    init(_ path: String) { base = KeyringPath(path) }

    /// How many replacements were asked for since ``fail(at:after:)``.
    var replacementCount: Int { count.withLock { $0 } }

    var name: String { base.name }

    /// Lets the n-th replacement from now on fail, and those that follow it, until ``mend()``.
    func fail(at number: Int, after isAfter: Bool) {
        count.withLock { $0 = 0 }
        state.withLock { $0 = (number, isAfter) }
    }

    func mend() { state.withLock { $0 = nil } }

    func load() throws(KeyringError) -> [UInt8]? { try base.load() }
    func settle() throws(KeyringError) { try base.settle() }
    func lock(patience: Duration) throws(KeyringError) -> KeyringLock {
        try base.lock(patience: patience)
    }

    func replace(with bytes: [UInt8]) throws(KeyringError) {
        let number = count.withLock { count in
            count += 1
            return count
        }
        let fault = state.withLock { $0 }
        guard let fault, number >= fault.left else { return try base.replace(with: bytes) }
        if fault.isAfter { try base.replace(with: bytes) }
        throw Self.failure
    }
}
