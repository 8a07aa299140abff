// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
internal import Testing

@Suite("Unlocking a keyring again") struct KeyringUnlockAgainTests {
    let source: MemorySource
    let locksmith: Locksmith
    /// The tool, which changes the keyring.
    let tool: KeyringFile
    /// A server that opened it before.
    let server: KeyringFile

    init() throws {
        locksmith = try Locksmith.shared.get()
        source = MemorySource(locksmith.file(locksmith.keyring(generation: 5)))
        tool = try locksmith.opened(in: source)
        server = try locksmith.opened(in: source)
        _ = (try tool.reload(), try server.reload())
    }

    private func rotate() throws {
        var rotation = try tool.rotateRoot(under: tool.lock(), at: .now())
        _ = try rotation.keep(Locksmith.passphrase())
        try rotation.write()
    }

    /// Why the server does not open the file again. It is then as it was, and so are its keys.
    private func refusalToUnlockAgain(
        with secret: String = Locksmith.secret
    ) throws -> KeyringError? {
        let before = server.current()
        let passphrase = try Locksmith.passphrase(secret)
        do throws(KeyringError) {
            try server.unlockAgain(with: .passphrase(passphrase))
            return nil
        } catch {
            KeyringLaws.expectSame(server.current(), before)
            try KeyringLaws.expectEveryKeyUnwraps(server)
            return error
        }
    }

    @Test func `is needed after the root key changed`() throws {
        try rotate()
        #expect(refusal { () throws(KeyringError) in try server.reload() } == .needsUnlock)
        #expect(server.current().generation == 5)
        try KeyringLaws.expectEveryKeyUnwraps(server)
    }

    @Test func `takes the new root key`() throws {
        try rotate()
        #expect(try refusalToUnlockAgain() == nil)
        KeyringLaws.expectSame(server.current(), tool.current())
        KeyringLaws.expectSame(try server.reload(), tool.current())
        var edit = try server.edit(under: server.lock(), at: .now())
        _ = try edit.addKey(.hold)
        try edit.write()
        #expect(try tool.reload().generation == 7)
    }

    @Test func `does no harm where the root key is the same`() throws {
        #expect(try refusalToUnlockAgain() == nil)
        #expect(server.current().generation == 5)
        KeyringLaws.expectSame(try server.reload(), tool.current())
    }

    @Test func `is refused with a wrong secret`() throws {
        try rotate()
        #expect(try refusalToUnlockAgain(with: "correct horse 9") == .cannotUnlock)
        #expect(refusal { () throws(KeyringError) in try server.reload() } == .needsUnlock)
    }

    @Test func `is refused on an older keyring`() throws {
        source.bytes = locksmith.file(locksmith.keyring(generation: 4))
        #expect(try refusalToUnlockAgain() == .older(generation: 4, seen: 5))
    }

    @Test func `is refused on another keyring of the same generation`() throws {
        source.bytes = locksmith.file(locksmith.keyring(generation: 5, required: 5))
        #expect(try refusalToUnlockAgain() == .forked(generation: 5))
    }

    @Test func `is refused on the keyring of another vault`() throws {
        let other = try Locksmith()
        source.bytes = other.file(other.keyring(generation: 6))
        #expect(try refusalToUnlockAgain() == .otherVault)
    }

    @Test func `is refused on an altered keyring`() throws {
        let text = locksmith.file(locksmith.keyring(generation: 6))
        source.bytes = text.dropLast(49) + locksmith.file(locksmith.keyring).suffix(49)
        #expect(try refusalToUnlockAgain() == .integrity)
    }

    @Test func `is refused without a keyring`() throws {
        source.bytes = nil
        #expect(try refusalToUnlockAgain() == .notFound)
    }

    @Test func `may take the root key of another value`() throws {
        try rotate()
        try server.share(rootOf: tool)
        KeyringLaws.expectSame(try server.reload(), tool.current())
        try KeyringLaws.expectEveryKeyUnwraps(server)
    }

    @Test func `is not done by the old root key of another value`() throws {
        let third = try locksmith.opened(in: source)
        try rotate()
        #expect(
            refusal { () throws(KeyringError) in try server.share(rootOf: third) } == .needsUnlock)
        #expect(server.current().generation == 5)
    }

    @Test func `is not needed by who opens with the root key of another value`() throws {
        try rotate()
        let fourth = try KeyringFile.open(source, sharing: tool)
        KeyringLaws.expectSame(fourth.current(), tool.current())
        try KeyringLaws.expectEveryKeyUnwraps(fourth)
        #expect(
            refusal { () throws(KeyringError) in try KeyringFile.open(source, sharing: server) }
                == .needsUnlock)
    }
}
