// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("Reloading a keyring file") struct KeyringReloadTests {
    let scratch: Scratch
    let locksmith: Locksmith
    let file: KeyringFile
    let seen: Keyring

    /// A keyring file of generation 5 that was read once.
    init() throws {
        scratch = try Scratch()
        locksmith = try Locksmith.shared.get()
        try scratch.write(locksmith.file(locksmith.keyring(generation: 5, required: 2)))
        file = try locksmith.opened(at: scratch.path())
        seen = try file.reload()
    }

    private func expectRefusal(
        _ expected: KeyringError, of text: [UInt8]
    ) throws {
        try scratch.write(text)
        let error = refusal { () throws(KeyringError) in try file.reload() }
        var tally = Tally("a keyring file older than was seen, forked, of another root or vault")
        tally.count(refused: error == expected, "\(expected)")
        try tally.report(of: 1)
        KeyringLaws.expectSame(file.current(), seen)
    }

    @Test func `finds what it saw before`() throws {
        KeyringLaws.expectSame(try file.reload(), seen)
    }

    @Test(arguments: [6, 7, 1 << 40] as [UInt64]) func `takes a successor`(
        generation: UInt64
    ) throws {
        try scratch.write(locksmith.file(locksmith.keyring(generation: generation)))
        #expect(try file.reload().generation == generation)
        try KeyringLaws.expectCurrent(file)
        try KeyringLaws.expectEveryKeyUnwraps(file)
    }

    @Test(arguments: 1...4) func `refuses an older one`(generation: UInt64) throws {
        try expectRefusal(
            .older(generation: generation, seen: 5),
            of: locksmith.file(locksmith.keyring(generation: generation)))
    }

    @Test func `refuses another one of the same generation`() throws {
        try expectRefusal(
            .forked(generation: 5), of: locksmith.file(locksmith.keyring(generation: 5)))
    }

    @Test func `refuses one of a new root key`() throws {
        let other = try Locksmith(vault: locksmith.keyring.vault)
        try expectRefusal(.needsUnlock, of: other.file(other.keyring(generation: 6)))
    }

    @Test func `refuses that of another vault`() throws {
        let other = try Locksmith()
        try expectRefusal(.needsUnlock, of: other.file(other.keyring(generation: 6)))
    }

    @Test func `refuses an empty file`() throws {
        try expectRefusal(.malformed(offset: 0), of: [])
    }

    @Test func `reports a file that is gone`() throws {
        let lonely = try locksmith.opened(at: scratch.path("none"))
        #expect(refusal { () throws(KeyringError) in try lonely.reload() } == .notFound)
    }

    @Test func `is never told that the file is old because another thread was faster`() throws {
        let file = file
        let errors = Mutex<[KeyringError]>([])
        onThreads(3) {
            for _ in 0..<10 {
                let error = refusal { () throws(KeyringError) in
                    for _ in 0..<10 { _ = try file.reload() }
                    try file.addScope(
                        unique(), tokens: .random, at: .now(), under: try file.lock())
                }
                if let error { errors.withLock { $0.append(error) } }
            }
        }
        #expect(errors.withLock { $0 } == [])
        #expect(file.current().generation == 5 + 4 * 10)
        try KeyringLaws.expectCurrent(file)
    }
}

/// A scope of a name that no other has.
private func unique() -> ScopeID {
    guard let scope = ScopeID(VaultID.random().description) else {
        preconditionFailure("32 hexadecimal digits name a scope")
    }
    return scope
}
