// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
internal import Foundation
internal import Testing

@Suite("Keyring from any source") struct KeyringSourceTests {
    let locksmith: Locksmith

    init() throws { locksmith = try Locksmith.shared.get() }

    private func draft(in source: any KeyringSource) throws -> KeyringFile {
        try KeyringFile.draft(
            in: source, passphrase: Locksmith.passphrase(), scope: scope("default"),
            cost: #require(Locksmith.cost))
    }

    @Test func `is drafted, saved and unlocked`() throws {
        let source = MemorySource()
        let draft = try draft(in: source)
        #expect(source.bytes == nil)
        try draft.save(under: draft.lock())
        let file = try KeyringFile.unlock(
            from: source, with: .passphrase(Locksmith.passphrase()))
        KeyringLaws.expectSame(file.current(), draft.current())
        try KeyringLaws.expectEveryKeyUnwraps(file)
        #expect(file.path == "memory")
    }

    @Test func `is not saved over another`() throws {
        let draft = try draft(in: MemorySource([1]))
        #expect(
            refusal { () throws(KeyringError) in try draft.save(under: draft.lock()) } == .exists)
    }

    @Test func `is not found where there is none`() throws {
        #expect(try Locksmith.refusalToUnlock(from: MemorySource()) == .notFound)
    }

    @Test func `is refused with more bytes than may be`() throws {
        let bytes = [UInt8](repeating: 0x20, count: KeyringFile.byteLimit + 1)
        let file = try locksmith.opened(in: MemorySource(bytes))
        #expect(
            refusal { () throws(KeyringError) in try file.reload() }
                == .tooLarge(limit: KeyringFile.byteLimit))
    }

    @Test func `is settled on demand`() throws {
        let source = MemorySource()
        try locksmith.opened(in: source).settle()
        #expect(source.settledCount == 1)
    }

    @Test func `reports what the source reports`() throws {
        let source = MemorySource(locksmith.file(locksmith.keyring))
        let file = try locksmith.opened(in: source)
        var edit = try file.edit(under: file.lock(), at: .now())
        source.fail(.beforeTheRename)
        #expect(
            refusal { () throws(KeyringError) in try edit.write() } == MemorySource.failure)
        KeyringLaws.expectSame(try file.reload(), locksmith.keyring)
    }

    @Test func `takes what a failed write left`() throws {
        let source = MemorySource(locksmith.file(locksmith.keyring))
        let file = try locksmith.opened(in: source)
        var edit = try file.edit(under: file.lock(), at: .now())
        source.fail(.afterTheRename)
        #expect(
            refusal { () throws(KeyringError) in try edit.write() } == MemorySource.failure)
        #expect(file.current().generation == 1)
        #expect(try file.reload().generation == 2)
    }

    @Test func `tells its generation to who has no key, and takes none on trust`() throws {
        let text = locksmith.file(locksmith.keyring(generation: 7))
        let other = MemorySource(
            KeyringText.join(
                KeyringText.print(locksmith.keyring(generation: 9)),
                code: Array(repeating: 0, count: 32)))
        #expect(MemorySource(text).unverifiedGeneration == 7)
        #expect(other.unverifiedGeneration == 9)
        let file = try locksmith.opened(in: other)
        #expect(refusal { () throws(KeyringError) in try file.reload() } == .needsUnlock)
    }

    @Test func `tells no generation where there is no keyring`() {
        #expect(MemorySource().unverifiedGeneration == nil)
        #expect(MemorySource([0x7b, 0x7d, 0x0a]).unverifiedGeneration == nil)
        let text = locksmith.file(locksmith.keyring)
        #expect(MemorySource(Array(text.dropFirst())).unverifiedGeneration == nil)
    }
}
