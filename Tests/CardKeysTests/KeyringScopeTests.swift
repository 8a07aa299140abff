// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
internal import Foundation
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("Adding a scope") struct KeyringScopeTests {
    let scratch: Scratch
    let locksmith: Locksmith
    let file: KeyringFile

    init() throws {
        scratch = try Scratch()
        locksmith = try Locksmith.shared.get()
        try scratch.write(locksmith.file(locksmith.keyring))
        file = try locksmith.opened(at: scratch.path())
        _ = try file.reload()
    }

    private func add(_ name: String, to file: KeyringFile) throws {
        try file.addScope(
            scope(name), tokens: .random, at: timestamp(1_900_000_000_000),
            under: file.lock())
    }

    /// Why a scope cannot be added. What the file and the process know of it stays as it was.
    private func refusalToAdd(_ name: String, to file: KeyringFile) throws -> KeyringError? {
        let (text, keyring, id) = (try scratch.bytes(), file.current(), try scope(name))
        let error = refusal { () throws(KeyringError) in
            try file.addScope(id, tokens: .random, at: .now(), under: try file.lock())
        }
        #expect(try scratch.bytes() == text)
        KeyringLaws.expectSame(file.current(), keyring)
        return error
    }

    @Test func `raises the generation by one`() throws {
        try add("acme", to: file)
        #expect(file.current().generation == 2)
        #expect(file.current().required == 1)
        try KeyringLaws.expectCurrent(file)
    }

    @Test func `makes a scope with a key of its own`() throws {
        try add("acme", to: file)
        let keyring = file.current()
        let id = try scope("acme")
        let made = try #require(keyring.scope(id))
        #expect(made.created == (try timestamp(1_900_000_000_000)))
        #expect(made.tokens == .random)
        let key = try #require(keyring.primary(.scope, scope: id))
        #expect(key.sequence == 1)
        #expect(key.suite == .xchacha20Poly1305)
        #expect(key.dates.created == made.created)
        try KeyringLaws.expectEveryKeyUnwraps(file)
    }

    @Test func `leaves every other key as it was`() throws {
        let keys = file.current().keys
        try add("acme", to: file)
        #expect(Array(file.current().keys.dropLast()) == keys)
    }

    @Test func `is seen by who opens the file anew`() throws {
        try add("acme", to: file)
        let other = try KeyringFile.unlock(
            at: scratch.path(), with: .passphrase(Locksmith.passphrase()))
        KeyringLaws.expectSame(other.current(), file.current())
        try KeyringLaws.expectEveryKeyUnwraps(other)
    }

    @Test func `builds on what the file says, not on what was read before`() throws {
        let other = try locksmith.opened(at: scratch.path())
        try add("one", to: other)
        try add("two", to: file)
        try add("three", to: other)
        #expect(file.current().scopes.map(\.id.description) == ["default", "one", "two"])
        #expect(try file.reload().scopes.count == 4)
    }

    @Test func `loses none that two processes add at once`() throws {
        let (a, b) = (file, try locksmith.opened(at: scratch.path()))
        let names = (0..<20).map { "s\($0)" }
        let left = Mutex(names[...])
        let errors = Mutex<[KeyringError]>([])
        onThreads(3) {
            while let name = left.withLock({ $0.popFirst() }), let id = ScopeID(name) {
                let error = refusal { () throws(KeyringError) in
                    let file = name.utf8.last?.isMultiple(of: 2) == true ? a : b
                    try file.addScope(id, tokens: .random, at: .now(), under: try file.lock())
                }
                if let error { errors.withLock { $0.append(error) } }
            }
        }
        #expect(errors.withLock { $0 } == [])
        let keyring = try a.reload()
        #expect(Set(keyring.scopes.map(\.id.description)) == Set(names + ["default"]))
        #expect(keyring.generation == 21)
        #expect(try b.reload().code == keyring.code)
        try KeyringLaws.expectEveryKeyUnwraps(b)
    }

    @Test func `refuses a scope that is there`() throws {
        #expect(try refusalToAdd("default", to: file) == .scopeExists)
    }

    @Test func `refuses a scope that another process has made meanwhile`() throws {
        let other = try locksmith.opened(at: scratch.path())
        try add("acme", to: other)
        _ = try file.reload()
        #expect(try refusalToAdd("acme", to: file) == .scopeExists)
    }

    @Test func `refuses one more than a keyring may have`() throws {
        let full = try (1..<ScopeID.limit).map {
            KeyringScope(id: try scope("s\($0)"), created: .now(), tokens: .random)
        }
        let keyring = locksmith.keyring(
            generation: 2, scopes: locksmith.keyring.scopes + full)
        try scratch.write(locksmith.file(keyring))
        _ = try file.reload()
        #expect(try refusalToAdd("one-more", to: file) == .tooManyScopes)
    }

    @Test func `refuses on an older file`() throws {
        let newer = try locksmith.opened(
            at: scratch.path(), seeing: locksmith.keyring(generation: 9))
        #expect(try refusalToAdd("acme", to: newer) == .older(generation: 1, seen: 9))
    }

    @Test func `writes nothing that could not be read again`() throws {
        try scratch.write(locksmith.file(locksmith.keyring(generation: 1 << 63 - 1)))
        _ = try file.reload()
        guard case .malformed = try refusalToAdd("acme", to: file) else {
            Issue.record("a generation of 2^63 was written")
            return
        }
    }

    @Test func `refuses where the temporary file cannot be made`() throws {
        try scratch.makeFolder("keyring.json.new")
        #expect(
            try refusalToAdd("acme", to: file)
                == .file(FileError(operation: .open, systemCode: EEXIST)))
    }

    @Test func `refuses under the lock of another file`() async {
        await #expect(processExitsWith: .success) { [path = scratch.path("a") as String] in
            try Self.addScope(to: path, underTheLockOf: path)
        }
        await #expect(processExitsWith: .failure) { [path = scratch.path("b") as String] in
            try Self.addScope(to: path, underTheLockOf: path + ".other")
        }
    }

    private static func addScope(to path: String, underTheLockOf other: String) throws {
        let locksmith = try Locksmith()
        try AtomicFile.replace(path, with: locksmith.file(locksmith.keyring))
        let lock = try locksmith.opened(at: other).lock()
        try locksmith.opened(at: path)
            .addScope(scope("acme"), tokens: .random, at: .now(), under: lock)
    }
}
