// SPDX-License-Identifier: Apache-2.0
@testable internal import CardKeys
internal import Foundation
internal import Testing

@Suite("Export of a keyring") struct KeyringExportTests {
    let scratch: Scratch
    let locksmith: Locksmith
    let file: KeyringFile

    init() throws {
        scratch = try Scratch()
        locksmith = try Locksmith.shared.get()
        try scratch.write(locksmith.file(locksmith.keyring))
        file = try locksmith.opened(at: scratch.path())
    }

    private func export(to name: String = "copy") throws(KeyringError) -> KeyringCopy {
        try file.export(under: file.lock(), at: .now(), to: scratch.path(name))
    }

    @Test func `has the bytes of the keyring`() throws {
        _ = try export()
        #expect(try scratch.bytes(of: "copy") == scratch.bytes())
    }

    @Test func `is registered in the keyring, and in itself`() throws {
        let copy = try export()
        #expect(copy.generation == 2)
        #expect(file.current().copies == [copy])
        try KeyringLaws.expectCurrent(file)
        let export = try locksmith.opened(at: scratch.path("copy")).reload()
        #expect(export.copies == [copy])
    }

    @Test func `opens with the secret of the keyring`() throws {
        _ = try export()
        #expect(try Locksmith.refusalToUnlock(scratch.path("copy")) == nil)
    }

    @Test func `is readable by the owner alone`() throws {
        _ = try export()
        #expect(try scratch.permissions(of: "copy") == 0o600)
    }

    @Test func `is made a second time under another name`() throws {
        let copies = [try export(), try export(to: "other")]
        #expect(file.current().copies == copies)
        #expect(file.current().generation == 3)
    }

    @Test func `takes no place of a file, and registers nothing then`() throws {
        try scratch.write([7], to: "copy")
        let text = try scratch.bytes()
        #expect(refusal { () throws(KeyringError) in try export() } == .exists)
        #expect(try scratch.bytes(of: "copy") == [7])
        #expect(try scratch.bytes() == text)
    }

    @Test func `takes no place of a link that leads nowhere`() throws {
        try scratch.link("copy", to: "elsewhere")
        #expect(refusal { () throws(KeyringError) in try export() } == .exists)
        #expect(try scratch.names() == ["copy", "keyring.json", "keyring.json.lock"])
    }

    @Test func `stays registered when it could not be written`() throws {
        #expect(
            refusal { () throws(KeyringError) in try export(to: "none/copy") }
                == .file(FileError(operation: .open, systemCode: ENOENT)))
        #expect(try file.reload().copies.count == 1)
    }

    @Test func `is not made when it cannot be registered`() throws {
        try scratch.makeFolder("keyring.json.new")
        #expect(
            refusal { () throws(KeyringError) in try export() }
                == .file(FileError(operation: .open, systemCode: EEXIST)))
        #expect(try !scratch.names().contains("copy"))
        #expect(try file.reload().copies.isEmpty)
    }
}
