// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
internal import Testing

@Suite("Change of a keyring") struct KeyringEditTests {
    let source: MemorySource
    let locksmith: Locksmith
    let file: KeyringFile
    let moment: Timestamp

    /// A keyring of generation 5, which requires 2.
    init() throws {
        locksmith = try Locksmith.shared.get()
        source = MemorySource(locksmith.file(locksmith.keyring(generation: 5, required: 2)))
        file = try locksmith.opened(in: source)
        moment = try timestamp(1_900_000_000_000)
    }

    private func edit() throws -> KeyringEdit {
        try file.edit(under: file.lock(), at: moment)
    }

    /// Makes one change and gives the keyring as it then is.
    private func after(_ change: (inout KeyringEdit) throws -> Void) throws -> Keyring {
        var edit = try edit()
        try change(&edit)
        let foreseen = edit.keyring
        try edit.write()
        #expect(KeyringText.print(foreseen) == KeyringText.print(file.current()))
        try KeyringLaws.expectCurrent(file)
        try KeyringLaws.expectEveryKeyUnwraps(file)
        return file.current()
    }

    /// Why a change is refused. It is then as it was before.
    private func refusal(
        of change: (inout KeyringEdit) throws(KeyringError) -> Void,
        in edit: KeyringEdit? = nil
    ) throws -> KeyringError? {
        var edit = try edit ?? self.edit()
        let before = KeyringText.print(edit.keyring)
        let error = CardKeysTests.refusal { () throws(KeyringError) in try change(&edit) }
        #expect(KeyringText.print(edit.keyring) == before)
        return error
    }

    private func sample(_ purpose: KeyPurpose) throws -> KeyDescriptor {
        try #require(file.current().keys.first { $0.purpose == purpose })
    }

    @Test func `raises the generation by one, and required by none`() throws {
        let keyring = try after { _ in }
        #expect(keyring.generation == 6)
        #expect(keyring.required == 2)
    }

    @Test func `is nothing without a write`() throws {
        let text = source.bytes
        var edit = try edit()
        try edit.addScope(scope("acme"), tokens: .random)
        #expect(source.bytes == text)
        #expect(file.current().scopes.count == 1)
    }

    @Test func `is many things and one generation`() throws {
        let keyring = try after { edit in
            try edit.addScope(scope("acme"), tokens: .random)
            try edit.addScope(scope("other"), tokens: .random)
            _ = try edit.addKey(.scope, scope: scope("acme"))
            _ = try edit.addKey(.audit)
        }
        #expect(keyring.generation == 6)
        #expect(keyring.scopes.count == 3)
        #expect(keyring.keys.count == 8)
    }

    @Test(arguments: [KeyState.active, .preActivation]) func `adds the next key of a purpose`(
        state: KeyState
    ) throws {
        let keyring = try after { edit in
            let key = try edit.addKey(.hold, state: state)
            #expect(key.sequence == 2)
            #expect(try edit.addKey(.hold, state: state).sequence == 3)
            #expect(try edit.addKey(.seal, state: state).sequence == 2)
        }
        #expect(keyring.keys.map(\.sequence) == [1, 1, 1, 1, 2, 3, 2])
        let key = keyring.keys[5]
        #expect(key.state == state)
        #expect(key.dates.created == moment)
        #expect(key.dates.entered == [state: moment])
        #expect(key.suite == .hmacSHA256)
        #expect(keyring.primary(.hold)?.sequence == (state == .active ? 3 : 1))
    }

    @Test func `adds the next key of a scope alone`() throws {
        let (a, b) = (try scope("default"), try scope("acme"))
        let keyring = try after { edit in
            try edit.addScope(b, tokens: .random)
            #expect(try edit.addKey(.scope, scope: a).sequence == 2)
            #expect(try edit.addKey(.scope, scope: b).sequence == 2)
        }
        #expect(keyring.primary(.scope, scope: a)?.sequence == 2)
        #expect(keyring.primary(.scope, scope: a)?.suite == .xchacha20Poly1305)
    }

    @Test func `adds no key to a scope that there is not`() throws {
        let id = try scope("nobody")
        #expect(
            try refusal { edit throws(KeyringError) in _ = try edit.addKey(.scope, scope: id) }
                == .unknownScope)
    }

    @Test func `adds no key to a scope that was shredded`() throws {
        let id = try scope("default")
        var edit = try edit()
        try edit.shred(id)
        #expect(
            try refusal(
                of: { edit throws(KeyringError) in _ = try edit.addKey(.scope, scope: id) },
                in: edit) == .scopeShredded)
    }

    @Test func `takes a key to its next state`() throws {
        let id = try sample(.hold).id
        let keyring = try after { try $0.enter(.suspended, id) }
        #expect(keyring.key(id)?.state == .suspended)
        #expect(keyring.key(id)?.dates.entered[.suspended] == moment)
        #expect(keyring.required == 2)
    }

    @Test func `requires itself when a key is compromised`() throws {
        let id = try sample(.hold).id
        let keyring = try after { try $0.enter(.compromised, id) }
        #expect(keyring.key(id)?.state == .compromised)
        #expect(keyring.required == 6)
    }

    @Test(arguments: KeyTransitionTests.all) func `goes the way of a life alone`(
        step: KeyTransitionTests.Step
    ) throws {
        let (edit, id) = try edit(withAHoldKey: step.from)
        let error =
            try step.from.mayBecome(step.to)
            ? nil
            : refusal(
                of: { edit throws(KeyringError) in try edit.enter(step.to, id) }, in: edit)
        let expected = KeyTransitionError(id: id, from: step.from, to: step.to)
        #expect(error == (step.from.mayBecome(step.to) ? nil : .transition(expected)))
        if error == nil {
            var edit = edit
            try edit.enter(step.to, id)
            #expect(edit.keyring.key(id)?.state == step.to)
        }
    }

    /// A change in which a new key has come to `state`.
    private func edit(withAHoldKey state: KeyState) throws -> (KeyringEdit, KeyID) {
        var edit = try edit()
        let isNew = state == .preActivation
        let id = try edit.addKey(.hold, state: isNew ? .preActivation : .active).id
        switch state {
        case .preActivation, .active: break
        case .destroyed: try edit.destroy(id, force: true)
        default: try edit.enter(state, id)
        }
        return (edit, id)
    }

    @Test func `destroys a key, and keeps what is known of it`() throws {
        let key = try sample(.hold)
        let keyring = try after { edit in
            try edit.enter(.deactivated, key.id)
            try edit.destroy(key.id)
        }
        let left = try #require(keyring.key(key.id))
        #expect(left.state == .destroyed)
        #expect(left.dates.entered[.active] == key.dates.entered[.active])
        #expect(left.dates.entered[.destroyed] == moment)
        #expect(keyring.required == 6)
        #expect(keyring.entry(key.id)?.box == nil)
        #expect(
            CardKeysTests.refusal { () throws(KeyringError) in try file.unwrap(key.id) }
                == .wrappedKey(id: key.id.description))
    }

    @Test func `leaves no byte of a destroyed key in the file`() throws {
        let key = try sample(.hold)
        let box = Base64URL.print(try #require(file.current().entry(key.id)?.box).bytes)
        _ = try after { try $0.destroy(key.id, force: true) }
        #expect(!String(decoding: try #require(source.bytes), as: UTF8.self).contains(box))
    }

    @Test func `destroys no active key unless it is forced`() throws {
        let id = try sample(.hold).id
        let error = KeyTransitionError(id: id, from: .active, to: .destroyed)
        #expect(
            try refusal { edit throws(KeyringError) in try edit.destroy(id) }
                == .transition(error))
        #expect(try after { try $0.destroy(id, force: true) }.key(id)?.state == .destroyed)
    }

    @Test func `knows no key of another keyring`() throws {
        let id = try #require(KeyID(bytes: [UInt8](repeating: 7, count: 32)))
        let unknown = KeyringError.unknownKey(id: id.description)
        #expect(try refusal { edit throws(KeyringError) in try edit.destroy(id) } == unknown)
        #expect(
            try refusal { edit throws(KeyringError) in try edit.destroy(id, force: true) }
                == unknown)
        #expect(
            try refusal { edit throws(KeyringError) in try edit.enter(.suspended, id) } == unknown)
    }

    @Test func `is refused when somebody without the lock changed the file`() throws {
        var edit = try edit()
        try edit.addScope(scope("acme"), tokens: .random)
        let other = locksmith.file(locksmith.keyring(generation: 5, required: 3))
        source.bytes = other
        #expect(
            CardKeysTests.refusal { () throws(KeyringError) in try edit.write() }
                == .forked(generation: 5))
        #expect(source.bytes == other)
    }

    @Test func `is refused when the file is gone`() throws {
        var edit = try edit()
        source.bytes = nil
        #expect(
            CardKeysTests.refusal { () throws(KeyringError) in try edit.write() } == .notFound)
    }

    @Test func `is written once`() async {
        await #expect(processExitsWith: .failure) {
            let locksmith = try Locksmith()
            let source = MemorySource(locksmith.file(locksmith.keyring))
            let file = try locksmith.opened(in: source)
            var edit = try file.edit(under: file.lock(), at: .now())
            try edit.write()
            // That the file is another by now is refused as well, but ends no process.
            try? edit.write()
        }
    }
}
