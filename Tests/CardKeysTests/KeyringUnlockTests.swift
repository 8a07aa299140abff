// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
internal import Foundation
internal import SecretMemory
internal import Testing

@Suite("Unlocking a keyring file") struct KeyringUnlockTests {
    let scratch: Scratch
    let locksmith: Locksmith

    init() throws {
        scratch = try Scratch()
        locksmith = try Locksmith.shared.get()
    }

    private func unlock(
        _ text: [UInt8], with secret: String = Locksmith.secret
    ) throws -> KeyringError? {
        try scratch.write(text)
        return try Locksmith.refusalToUnlock(scratch.path(), with: secret)
    }

    /// The text of the sample keyring with one thing put in the place of another; its code is
    /// right.
    private func file(replacing old: String, by new: String) throws -> [UInt8] {
        let body = String(decoding: KeyringText.print(locksmith.keyring), as: UTF8.self)
        let range = try #require(body.range(of: old))
        return locksmith.file(Array(body.replacingCharacters(in: range, with: new).utf8))
    }

    @Test func `opens with the right passphrase`() throws {
        #expect(try unlock(locksmith.file(locksmith.keyring)) == nil)
    }

    @Test(arguments: [
        "correct horse 2", "Correct horse 1", "correct horse 1 ", "correct horse 11",
        "a battery staple 1",
    ]) func `refuses a wrong passphrase`(secret: String) throws {
        #expect(try unlock(locksmith.file(locksmith.keyring), with: secret) == .cannotUnlock)
    }

    @Test func `refuses a file that is not there`() throws {
        #expect(
            try Locksmith.refusalToUnlock(scratch.path())
                == .notFound)
    }

    @Test func `refuses a folder`() throws {
        #expect(
            try Locksmith.refusalToUnlock(scratch.folder)
                == .file(FileError(operation: .read, systemCode: EISDIR)))
    }

    @Test func `refuses an empty file`() throws {
        #expect(try unlock([]) == .malformed(offset: 0))
    }

    @Test func `refuses a file with more bytes than a keyring may have`() throws {
        try scratch.write([])
        let limit = KeyringText.byteLimit
        let handle = try FileHandle(forWritingTo: URL(filePath: scratch.path()))
        try handle.truncate(atOffset: UInt64(limit) + 1)
        try handle.close()
        #expect(
            try Locksmith.refusalToUnlock(scratch.path())
                == .tooLarge(limit: limit))
    }

    @Test(arguments: 1...2) func `opens with the secret of any slot`(number: Int) throws {
        let text = locksmith.file(locksmith.keyring(slots: try twoSlots()))
        #expect(try unlock(text, with: "correct horse \(number)") == nil)
    }

    @Test func `tries the cheapest slot first`() throws {
        let costs = [(4_194_304, 100), (65_536, 3), (262_144, 3), (65_536, 2), (131_072, 2)]
        let slot = locksmith.keyring.slots[0]
        let slots = try costs.map { memory, passes in
            CustodySlot(
                identifier: slot.identifier,
                cost: try #require(Argon2id(memory: memory, passes: passes)), salt: slot.salt,
                box: slot.box)
        }
        let parser = try KeyringParser(KeyringText.print(locksmith.keyring(slots: slots))[...])
        #expect(parser.slotsByCost.map(\.cost) == [3, 1, 4, 2, 0].map { slots[$0].cost })
        #expect(parser.slots.map(\.cost) == slots.map(\.cost))
    }

    @Test func `refuses two slots whose boxes are swapped`() throws {
        let slots = try twoSlots()
        let swapped = [slots[0].holding(slots[1].box), slots[1].holding(slots[0].box)]
        let text = locksmith.file(locksmith.keyring(slots: swapped))
        #expect(try unlock(text) == .cannotUnlock)
        #expect(try unlock(text, with: "correct horse 2") == .cannotUnlock)
    }

    @Test func `refuses slots in another order than they were written`() throws {
        let slots = try twoSlots()
        let text = locksmith.file(locksmith.keyring(slots: slots))
        let turned = KeyringText.print(locksmith.keyring(slots: slots.reversed()))
        #expect(try unlock(turned + text.suffix(49)) == .integrity)
    }

    @Test func `refuses the slot of another vault`() throws {
        let other = try Locksmith()
        let text = locksmith.file(locksmith.keyring(slots: other.keyring.slots))
        #expect(try unlock(text) == .cannotUnlock)
    }

    @Test func `refuses the slot of another root key of this vault`() throws {
        let other = try Locksmith(vault: locksmith.keyring.vault)
        let text = locksmith.file(locksmith.keyring(slots: other.keyring.slots))
        #expect(try unlock(text) == .integrity)
    }

    @Test(arguments: [
        (64_512, 2), (65_535, 2), (4_194_305, 2), (5_242_880, 2), (0, 2), (Int.max, 2),
        (65_536, 1), (65_536, 101), (65_536, 0), (65_536, Int.max),
    ]) func `refuses a cost out of bounds before any slot is tried`(
        memory: Int, passes: Int
    ) throws {
        let text = try file(
            replacing: #""m": 65536, "t": 2"#, by: #""m": \#(memory), "t": \#(passes)"#)
        // No passphrase has come in yet where this is refused.
        let body = text.dropLast(49)
        #expect(refusal { () throws(KeyringError) in try KeyringParser(body) } == .badField("kdf"))
        #expect(try unlock(text) == .badField("kdf"))
    }

    @Test(arguments: [
        (#""m": 65536"#, #""m": 65537"#), (#""t": 2"#, #""t": 3"#),
    ]) func `refuses a slot whose cost was changed within bounds`(
        old: String, new: String
    ) throws {
        #expect(try unlock(file(replacing: old, by: new)) == .cannotUnlock)
    }

    @Test(arguments: [
        (#""p": 1"#, #""p": 2"#, "kdf"), ("argon2id13", "argon2i13", "kdf"),
        ("passphrase", "components", "kind"), ("card-vault keyring", "card-vault", "format"),
    ]) func `refuses what this release does not know`(
        old: String, new: String, field: String
    ) throws {
        #expect(try unlock(file(replacing: old, by: new)) == .badField(field))
    }

    @Test func `refuses another version`() throws {
        let text = try file(replacing: #""version": 1"#, by: #""version": 2"#)
        #expect(try unlock(text) == .unknownVersion(2))
    }

    @Test(arguments: [0, 65]) func `refuses no slots, and more than 64`(count: Int) throws {
        let slots = [CustodySlot](repeating: locksmith.keyring.slots[0], count: count)
        let text = locksmith.file(locksmith.keyring(slots: slots))
        #expect(try unlock(text) == .badField("slots"))
    }

    private func twoSlots() throws -> [CustodySlot] {
        locksmith.keyring.slots + [try locksmith.slot(for: "correct horse 2")]
    }
}

extension CustodySlot {
    fileprivate func holding(_ box: SealedBox) -> CustodySlot {
        CustodySlot(identifier: identifier, cost: cost, salt: salt, box: box)
    }
}
