// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
internal import SecretMemory
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("Rotation of the root key") struct RootRotationTests {
    static let secrets = ["correct horse 1", "correct horse 2", "correct horse 3"]
    /// The slots of these secrets, the same for every test.
    static let slots = Result {
        let locksmith = try Locksmith.shared.get()
        return try locksmith.keyring.slots + secrets[1...].map { try locksmith.slot(for: $0) }
    }

    let source: MemorySource
    let locksmith: Locksmith
    let file: KeyringFile
    let old: Keyring

    /// A keyring of generation 5 with three slots.
    init() throws {
        let locksmith = try Locksmith.shared.get()
        self.locksmith = locksmith
        old = try locksmith.keyring(generation: 5, required: 2, slots: Self.slots.get())
        source = MemorySource(locksmith.file(old))
        file = try locksmith.opened(in: source, seeing: old)
    }

    private func rotation() throws -> RootRotation {
        try file.rotateRoot(under: file.lock(), at: .now())
    }

    private func rotate(keeping secrets: [String] = [Self.secrets[0]]) throws {
        var rotation = try rotation()
        for secret in secrets { _ = try rotation.keep(Locksmith.passphrase(secret)) }
        try rotation.write()
    }

    /// Why `secret` does not open what is there; nil when it does.
    private func refusal(with secret: String) throws -> KeyringError? {
        try Locksmith.refusalToUnlock(from: source, with: secret)
    }

    /// The check value of every key that lives.
    private func checkValues(_ file: KeyringFile) throws -> [KeyCheckValue] {
        try file.current().keys.filter { $0.state != .destroyed }.map {
            try file.unwrap($0.id).checkValue
        }
    }

    @Test func `leaves every key as it was`() throws {
        let before = try checkValues(file)
        try rotate()
        #expect(try checkValues(file) == before)
        #expect(file.current().keys == old.keys)
        try KeyringLaws.expectCurrent(file)
    }

    @Test func `wraps every key anew`() throws {
        try rotate()
        for (a, b) in zip(old.entries, file.current().entries) {
            let (a, b) = (try #require(a.box), try #require(b.box))
            #expect(a.keyID != b.keyID)
            #expect(a.stored != b.stored)
        }
    }

    @Test func `raises the generation by one, and requires it`() throws {
        try rotate()
        #expect(file.current().generation == 6)
        #expect(file.current().required == 6)
    }

    @Test func `keeps the slots whose secrets are presented`() throws {
        try rotate(keeping: [Self.secrets[2], Self.secrets[0]])
        #expect(try refusal(with: Self.secrets[0]) == nil)
        #expect(try refusal(with: Self.secrets[1]) == .cannotUnlock)
        #expect(try refusal(with: Self.secrets[2]) == nil)
    }

    @Test func `keeps a slot's name and cost, and not its salt or box`() throws {
        try rotate(keeping: [Self.secrets[1]])
        let (a, b) = (old.slots[1], try #require(file.current().slots.first))
        #expect(file.current().slots.count == 1)
        #expect(a.identifier == b.identifier)
        #expect(a.cost == b.cost)
        #expect(a.salt != b.salt)
        #expect(a.box.stored != b.box.stored)
    }

    @Test func `keeps a slot under another secret`() throws {
        var rotation = try rotation()
        let id = try rotation.change(
            Locksmith.passphrase(Self.secrets[1]), to: Locksmith.passphrase("correct horse 9"))
        #expect(id == SlotID(old.slots[1]))
        #expect(rotation.kept == [id])
        try rotation.write()
        #expect(try refusal(with: "correct horse 9") == nil)
        #expect(try refusal(with: Self.secrets[1]) == .cannotUnlock)
    }

    @Test func `names the slots that it keeps and drops`() throws {
        let names = old.slots.map { SlotID($0) }
        var rotation = try rotation()
        #expect(rotation.kept == [])
        #expect(rotation.dropped == names)
        #expect(try rotation.keep(Locksmith.passphrase(Self.secrets[2])) == names[2])
        #expect(try rotation.keep(Locksmith.passphrase(Self.secrets[0])) == names[0])
        #expect(rotation.kept == [names[0], names[2]])
        #expect(rotation.dropped == [names[1]])
        #expect(names[0].description == Base64URL.print(old.slots[0].identifier))
    }

    @Test func `keeps a slot once, however often its secret is presented`() throws {
        try rotate(keeping: [Self.secrets[0], Self.secrets[0]])
        #expect(file.current().slots.count == 1)
        #expect(try refusal(with: Self.secrets[0]) == nil)
    }

    @Test func `keeps no slot for a secret that opens none`() throws {
        var rotation = try rotation()
        let wrong = try Locksmith.passphrase("correct horse 4")
        #expect(
            CardKeysTests.refusal { () throws(KeyringError) in _ = try rotation.keep(wrong) }
                == .cannotUnlock)
        #expect(rotation.kept == [])
    }

    @Test func `leaves no keyring that nobody opens`() throws {
        let text = source.bytes
        var rotation = try rotation()
        #expect(
            CardKeysTests.refusal { () throws(KeyringError) in try rotation.write() }
                == .slotsRefused)
        #expect(source.bytes == text)
        try KeyringLaws.expectCurrent(file)
        // The same rotation goes on once a secret is presented.
        _ = try rotation.keep(Locksmith.passphrase())
        try rotation.write()
        try KeyringLaws.expectCurrent(file)
    }

    @Test func `writes other changes too`() throws {
        let dropped = old.keys[0].id
        var rotation = try rotation()
        _ = try rotation.keep(Locksmith.passphrase())
        let added = try rotation.edit.addKey(.audit, state: .preActivation)
        try rotation.edit.destroy(dropped, force: true)
        rotation.edit.setGeneration(atLeast: 30)
        try rotation.write()
        #expect(file.current().key(added.id)?.state == .preActivation)
        #expect(file.current().key(dropped)?.state == .destroyed)
        #expect(file.current().generation == 30)
        #expect(file.current().required == 30)
        try KeyringLaws.expectEveryKeyUnwraps(file)
        try KeyringLaws.expectCurrent(file)
    }

    @Test func `stops at a key that does not unwrap, and changes nothing`() throws {
        var entries = old.entries
        entries[1] = KeyringEntry(key: entries[1].key, box: entries[0].box)
        source.bytes = locksmith.file(
            locksmith.keyring(generation: 6, slots: old.slots, entries: entries))
        let text = source.bytes
        var rotation = try rotation()
        _ = try rotation.keep(Locksmith.passphrase())
        #expect(
            CardKeysTests.refusal { () throws(KeyringError) in try rotation.write() }
                == .wrappedKey(id: entries[1].key.id.description))
        #expect(source.bytes == text)
        try KeyringLaws.expectCurrent(file)
    }

    @Test(arguments: MemorySource.Fault.allCases) func `is done or not, when its write fails`(
        fault: MemorySource.Fault
    ) throws {
        let before = try checkValues(file)
        let text = source.bytes
        var rotation = try rotation()
        _ = try rotation.keep(Locksmith.passphrase())
        source.fail(fault)
        #expect(
            CardKeysTests.refusal { () throws(KeyringError) in try rotation.write() }
                == MemorySource.failure)
        #expect((source.bytes == text) == (fault == .beforeTheRename))

        // Who starts anew finds one keyring or the other, whole.
        let other = try KeyringFile.unlock(
            from: source, with: .passphrase(Locksmith.passphrase()))
        #expect(other.current().generation == (fault == .beforeTheRename ? 5 : 6))
        #expect(try checkValues(other) == before)

        // Who began it goes on, and needs no secret for it.
        _ = try file.reload()
        try KeyringLaws.expectCurrent(file)
        #expect(try checkValues(file) == before)
    }

    @Test func `is done again after it failed`() throws {
        for fault in MemorySource.Fault.allCases {
            source.fail(fault)
            _ = CardKeysTests.refusal { () throws(KeyringError) in
                do { try rotate() } catch { throw MemorySource.failure }
            }
            try rotate()
            try KeyringLaws.expectCurrent(file)
            try KeyringLaws.expectEveryKeyUnwraps(file)
        }
    }

    @Test func `disturbs none of those who unwrap and reload meanwhile`() throws {
        let (file, id) = (file, old.keys[0].id)
        let isRotating = Mutex(false)
        let errors = Mutex<[KeyringError]>([])
        onThreads(3) { [secret = Self.secrets[0]] in
            // Whichever thread comes first rotates.
            let isFirst = isRotating.withLock { isRotating in
                defer { isRotating = true }
                return !isRotating
            }
            guard !isFirst else {
                for _ in 0..<5 {
                    let error = CardKeysTests.refusal { () throws(KeyringError) in
                        let lock = try file.lock()
                        var rotation = try file.rotateRoot(under: lock, at: .now())
                        guard let passphrase = try? Locksmith.passphrase(secret) else { return }
                        _ = try rotation.keep(passphrase)
                        try rotation.write()
                    }
                    if let error { errors.withLock { $0.append(error) } }
                }
                return
            }
            for _ in 0..<100 {
                let error = CardKeysTests.refusal { () throws(KeyringError) in
                    _ = try file.unwrap(id)
                    _ = try file.reload()
                }
                if let error { errors.withLock { $0.append(error) } }
            }
        }
        #expect(errors.withLock { $0 } == [])
        #expect(file.current().generation == 10)
    }
}
