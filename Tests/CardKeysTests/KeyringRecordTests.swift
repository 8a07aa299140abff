// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
internal import Testing

@Suite("What a keyring keeps on record") struct KeyringRecordTests {
    let locksmith: Locksmith
    let file: KeyringFile
    let moment: Timestamp

    /// A keyring of generation 5, which requires 2.
    init() throws {
        locksmith = try Locksmith.shared.get()
        file = try locksmith.opened(
            in: MemorySource(locksmith.file(locksmith.keyring(generation: 5, required: 2))))
        moment = try timestamp(1_900_000_000_000)
    }

    /// Makes one change and gives the keyring as it then is.
    private func after(_ change: (inout KeyringEdit) throws -> Void) throws -> Keyring {
        var edit = try file.edit(under: file.lock(), at: moment)
        try change(&edit)
        try edit.write()
        try KeyringLaws.expectCurrent(file)
        return file.current()
    }

    @Test func `is a copy, by the generation that it is one of`() throws {
        var copy: KeyringCopy?
        let keyring = try after { copy = try $0.addCopy() }
        #expect(keyring.copies == [try #require(copy)])
        #expect(copy?.generation == 6)
        #expect(copy?.created == moment)
        #expect(copy?.destroyed == nil)
        #expect(keyring.required == 2)
    }

    @Test func `is when a copy was first said to be destroyed`() throws {
        var id: CopyID?
        _ = try after { id = try $0.addCopy().id }
        let copy = try #require(id)
        #expect(try after { try $0.markDestroyed(copy) }.copies[0].destroyed == moment)
        var again = try file.edit(under: file.lock(), at: .now())
        try again.markDestroyed(copy)
        #expect(again.keyring.copies[0].destroyed == moment)
    }

    @Test func `is no copy that was never made`() throws {
        var edit = try file.edit(under: file.lock(), at: moment)
        _ = try edit.addCopy()
        let id = CopyID.random()
        #expect(
            refusal { () throws(KeyringError) in try edit.markDestroyed(id) } == .unknownCopy)
    }

    @Test func `is no more copies than may be`() throws {
        var edit = try file.edit(under: file.lock(), at: moment)
        for _ in 0..<KeyringCopy.limit { _ = try edit.addCopy() }
        #expect(
            refusal { () throws(KeyringError) in _ = try edit.addCopy() } == .tooManyCopies)
        #expect(edit.keyring.copies.count == 1_024)
    }

    @Test func `is how long keys may be used`() throws {
        var periods = Cryptoperiods.standard
        periods[.fingerprint] = try #require(Cryptoperiod(originatorDays: 5, recipientDays: 9))
        #expect(try after { $0.set(periods) }.periods == periods)
        #expect(try after { $0.set(.standard) }.periods == .standard)
    }

    @Test func `is the generation in which a scope was shredded`() throws {
        let id = try scope("default")
        let keyring = try after { edit in
            _ = try edit.addKey(.scope, scope: id)
            try edit.shred(id)
        }
        #expect(keyring.scope(id)?.shreddedAt == 6)
        #expect(keyring.required == 6)
        let keys = keyring.keys.filter { $0.scope == id }
        #expect(keys.count == 2)
        #expect(keys.allSatisfy { $0.state == .destroyed })
        #expect(keys.allSatisfy { $0.dates.entered[.destroyed] == moment })
        #expect(keyring.keys.filter { $0.scope == nil }.allSatisfy { $0.state == .active })
    }

    @Test func `is no other scope with a shredded one`() throws {
        let (a, b) = (try scope("default"), try scope("acme"))
        let keyring = try after { edit in
            try edit.addScope(b, tokens: .random)
            try edit.shred(a)
        }
        #expect(keyring.scope(b)?.shreddedAt == nil)
        #expect(keyring.primary(.scope, scope: b)?.state == .active)
        try KeyringLaws.expectEveryKeyUnwraps(file)
    }

    @Test func `is the first time that a scope was shredded`() throws {
        let id = try scope("default")
        _ = try after { try $0.shred(id) }
        let keyring = try after { try $0.shred(id) }
        #expect(keyring.scope(id)?.shreddedAt == 6)
        #expect(keyring.required == 6)
    }

    @Test func `is no shredding of a scope that there is not`() throws {
        var edit = try file.edit(under: file.lock(), at: moment)
        let id = try scope("nobody")
        #expect(refusal { () throws(KeyringError) in try edit.shred(id) } == .unknownScope)
        #expect(edit.keyring.required == 2)
    }

    @Test func `tells which copies still have what was shredded`() throws {
        let id = try scope("default")
        var copies: [KeyringCopy] = []
        for _ in 0..<3 { _ = try after { copies.append(try $0.addCopy()) } }
        _ = try after { try $0.markDestroyed(copies[1].id) }
        #expect(file.current().pendingCopies(of: id).isEmpty)
        _ = try after { edit in
            try edit.shred(id)
            copies.append(try edit.addCopy())
        }
        _ = try after { copies.append(try $0.addCopy()) }
        let keyring = file.current()
        #expect(keyring.copies.count == 5)
        #expect(keyring.pendingCopies(of: id).map(\.id) == [copies[0].id, copies[2].id])
        #expect(try keyring.pendingCopies(of: scope("nobody")).isEmpty)
        let last = try after { edit in
            try edit.markDestroyed(copies[0].id)
            try edit.markDestroyed(copies[2].id)
        }
        #expect(last.pendingCopies(of: id).isEmpty)
    }

    @Test func `is a key of which nothing else is left`() throws {
        let id = try #require(KeyID(bytes: [UInt8](repeating: 7, count: 32)))
        let lost = KeyDescriptor(
            id: id, purpose: .hold, scope: nil, suite: .hmacSHA256, sequence: 9,
            state: .deactivated, dates: locksmith.keyring.keys[0].dates)
        let keyring = try after { $0.addDestroyed(lost) }
        #expect(keyring.key(id) == lost.destroyed(at: moment))
        #expect(keyring.required == 6)
        #expect(try after { _ = try $0.addKey(.hold) }.primary(.hold)?.sequence == 10)
    }

    @Test func `is the scope of a lost key, as shredded`() throws {
        let id = try #require(KeyID(bytes: [UInt8](repeating: 7, count: 32)))
        let name = try scope("lost")
        let lost = KeyDescriptor(
            id: id, purpose: .scope, scope: name, suite: .xchacha20Poly1305, sequence: 1,
            state: .active, dates: locksmith.keyring.keys[0].dates)
        let keyring = try after { $0.addDestroyed(lost) }
        #expect(keyring.scope(name)?.shreddedAt == 6)
        #expect(keyring.scope(name)?.created == lost.dates.created)
    }

    @Test func `takes a number as high as is asked for`() throws {
        let id = try scope("default")
        let keyring = try after { edit in
            edit.setGeneration(atLeast: 6)
            #expect(edit.keyring.generation == 6)
            try edit.shred(id)
            _ = try edit.addCopy()
            edit.setGeneration(atLeast: 40)
            edit.setGeneration(atLeast: 39)
        }
        #expect(keyring.generation == 40)
        #expect(keyring.required == 40)
        #expect(keyring.scope(id)?.shreddedAt == 40)
        #expect(keyring.copies.map(\.generation) == [40])
    }

    @Test func `leaves older numbers as they are`() throws {
        _ = try after { _ = try $0.addCopy() }
        let keyring = try after { $0.setGeneration(atLeast: 40) }
        #expect(keyring.generation == 40)
        #expect(keyring.required == 2)
        #expect(keyring.copies.map(\.generation) == [6])
    }

    @Test func `requires itself on demand`() throws {
        #expect(try after { $0.require() }.required == 6)
    }
}
