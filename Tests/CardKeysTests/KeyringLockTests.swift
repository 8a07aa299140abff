// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
internal import Foundation
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("Lock of a keyring") struct KeyringLockTests {
    let scratch: Scratch
    let file: KeyringFile

    init() throws {
        scratch = try Scratch()
        file = try Locksmith.shared.get().opened(at: scratch.path("a"))
    }

    /// Why the lock cannot be had; nil when it can.
    private func refusal(patience: Duration = .seconds(10)) -> KeyringError? {
        CardKeysTests.refusal { () throws(KeyringError) in try file.lock(patience: patience) }
    }

    private static let isHeld = KeyringError.file(FileLockTests.isHeld)

    @Test func `is had by one at a time`() throws {
        let lock = try file.lock()
        #expect(refusal(patience: .zero) == Self.isHeld)
        lock.release()
        #expect(refusal() == nil)
    }

    @Test func `is freed when it is dropped`() throws {
        var lock: KeyringLock? = try file.lock()
        #expect(lock != nil)
        #expect(refusal(patience: .zero) == Self.isHeld)
        lock = nil
        #expect(refusal() == nil)
    }

    @Test func `is freed once`() throws {
        let count = Mutex(0)
        do {
            let lock = KeyringLock("a") { count.withLock { $0 += 1 } }
            #expect(lock.isHeld(of: KeyringPath("a")))
            lock.release()
            lock.release()
            #expect(!lock.isHeld(of: KeyringPath("a")))
        }
        #expect(count.withLock { $0 } == 1)
    }

    @Test func `is that of one source`() throws {
        let lock = KeyringLock("a") {}
        #expect(lock.isHeld(of: KeyringPath("a")))
        #expect(!lock.isHeld(of: KeyringPath("b")))
    }

    @Test func `is not freed by a child that drops it`() async {
        await #expect(processExitsWith: .success) { [path = scratch.path("a") as String] in
            let lock = try KeyringPath(path).lock(patience: .zero)
            _ = try inForkedChild {
                lock.release()
                return []
            }
            let error = CardKeysTests.refusal { () throws(KeyringError) in
                try KeyringPath(path).lock(patience: .zero)
            }
            #expect(error == Self.isHeld)
            lock.release()
        }
    }

    @Test func `is no lock where the folder is none`() throws {
        let lonely = try Locksmith.shared.get().opened(at: scratch.path("none/keyring.json"))
        #expect(
            CardKeysTests.refusal { () throws(KeyringError) in try lonely.lock() }
                == .file(FileError(operation: .open, systemCode: ENOENT)))
    }

    @Test func `must be that of the keyring, and held, for a change`() async {
        await #expect(processExitsWith: .success) { [path = scratch.path("b") as String] in
            try Self.edit(path, underTheLockOf: path) { _ in }
        }
        await #expect(processExitsWith: .failure) { [path = scratch.path("c") as String] in
            try Self.edit(path, underTheLockOf: path + ".other") { _ in }
        }
        await #expect(processExitsWith: .failure) { [path = scratch.path("d") as String] in
            try Self.edit(path, underTheLockOf: path) { $0.release() }
        }
    }

    @Test func `must still be held for the write`() async {
        await #expect(processExitsWith: .failure) { [path = scratch.path("e") as String] in
            let file = try Self.made(path)
            let lock = try file.lock()
            var edit = try file.edit(under: lock, at: .now())
            lock.release()
            try edit.write()
        }
    }

    @Test func `must be that of the keyring for every other verb`() async {
        await #expect(processExitsWith: .failure) { [path = scratch.path("f") as String] in
            let file = try Self.made(path)
            _ = try file.rotateRoot(under: KeyringLock("other") {}, at: .now())
        }
        await #expect(processExitsWith: .failure) { [path = scratch.path("g") as String] in
            let file = try Self.made(path)
            _ = try file.export(under: KeyringLock("other") {}, at: .now(), to: path + ".copy")
        }
        await #expect(processExitsWith: .failure) { [path = scratch.path("h") as String] in
            try Locksmith().opened(at: path).save(under: KeyringLock("other") {})
        }
        await #expect(processExitsWith: .failure) { [path = scratch.path("i") as String] in
            let file = try Self.made(path)
            _ = try RootRotation(
                on: file, writingTo: KeyringPath(path + ".restored"), under: try file.lock(),
                at: .now())
        }
    }

    private static func made(_ path: String) throws -> KeyringFile {
        let locksmith = try Locksmith()
        try AtomicFile.replace(path, with: locksmith.file(locksmith.keyring))
        return try locksmith.opened(at: path)
    }

    private static func edit(
        _ path: String, underTheLockOf other: String, _ change: (KeyringLock) -> Void
    ) throws {
        let file = try made(path)
        let lock = try KeyringPath(other).lock(patience: .seconds(10))
        change(lock)
        var edit = try file.edit(under: lock, at: .now())
        try edit.write()
    }
}
