// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
internal import Testing

@Suite("Restoring a keyring from a copy") struct KeyringRestoreTests {
    let scratch: Scratch
    let locksmith: Locksmith
    let copy: MemorySource
    let export: KeyringFile
    let target: MemorySource

    /// A copy of generation 5, and a keyring of generation 8 that cannot be read.
    init() throws {
        scratch = try Scratch()
        locksmith = try Locksmith.shared.get()
        let slots = locksmith.keyring.slots + [try locksmith.slot(for: "correct horse 2")]
        copy = MemorySource(
            locksmith.file(locksmith.keyring(generation: 5, slots: slots)), name: "copy")
        export = try locksmith.opened(in: copy)
        target = MemorySource([1, 2, 3], name: "target")
    }

    private func restore() throws -> RootRotation {
        let lock = try target.lock(patience: .zero)
        return try RootRotation(on: export, writingTo: target, under: lock, at: .now())
    }

    @Test func `writes a keyring that the presented secrets open`() throws {
        var restore = try restore()
        _ = try restore.keep(Locksmith.passphrase("correct horse 2"))
        restore.edit.setGeneration(atLeast: 9)
        try restore.write()
        let file = try KeyringFile.unlock(
            from: target, with: .passphrase(Locksmith.passphrase("correct horse 2")))
        #expect(file.current().generation == 9)
        #expect(file.current().required == 9)
        #expect(file.current().keys == locksmith.keyring.keys)
        try KeyringLaws.expectEveryKeyUnwraps(file)
        #expect(try Locksmith.refusalToUnlock(from: target) == .cannotUnlock)
    }

    @Test func `goes on with what it wrote`() throws {
        var restore = try restore()
        _ = try restore.keep(Locksmith.passphrase())
        try restore.write()
        #expect(restore.file.path == "target")
        #expect(restore.file.current().generation == 6)
        try KeyringLaws.expectCurrent(restore.file)
        try KeyringLaws.expectEveryKeyUnwraps(restore.file)
    }

    @Test func `leaves the copy as it was`() throws {
        let text = copy.bytes
        var restore = try restore()
        _ = try restore.keep(Locksmith.passphrase())
        try restore.write()
        #expect(copy.bytes == text)
        #expect(export.current().generation == 5)
        try KeyringLaws.expectCurrent(export)
        try KeyringLaws.expectEveryKeyUnwraps(export)
    }

    @Test func `leaves the keyring in its place as it was until it is written`() throws {
        var restore = try restore()
        _ = try restore.keep(Locksmith.passphrase())
        #expect(target.bytes == [1, 2, 3])
        target.fail(.beforeTheRename)
        #expect(
            refusal { () throws(KeyringError) in try restore.write() } == MemorySource.failure)
        #expect(target.bytes == [1, 2, 3])
    }

    @Test func `drops keys on the way`() throws {
        let id = locksmith.keyring.keys[0].id
        var restore = try restore()
        _ = try restore.keep(Locksmith.passphrase())
        try restore.edit.destroy(id, force: true)
        try restore.write()
        #expect(restore.file.current().key(id)?.state == .destroyed)
        #expect(restore.file.current().entry(id)?.box == nil)
    }

    @Test func `starts from an export, and comes back as it was`() throws {
        try scratch.write(locksmith.file(locksmith.keyring))
        let file = try locksmith.opened(at: scratch.path())
        _ = try file.export(under: file.lock(), at: .now(), to: scratch.path("copy"))
        let export = try KeyringFile.open(KeyringPath(scratch.path("copy")), sharing: file)
        let new = KeyringPath(scratch.path("new"))
        var restore = try RootRotation(
            on: export, writingTo: new, under: new.lock(patience: .seconds(10)), at: .now())
        _ = try restore.keep(Locksmith.passphrase())
        try restore.write()
        #expect(restore.file.current().keys == file.current().keys)
        #expect(restore.file.current().copies == file.current().copies)
        #expect(try Locksmith.refusalToUnlock(new.name) == nil)
    }
}
