// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
internal import Testing

/// Every file here has its right code: who holds the root key wrote it, and wrote nonsense.
@Suite("Keyring that makes no sense") struct KeyringEntryTests {
    let locksmith: Locksmith
    let file: KeyringFile

    init() throws {
        locksmith = try Locksmith.shared.get()
        file = try locksmith.opened()
    }

    private func refusal(of keyring: Keyring) -> KeyringError? {
        CardKeysTests.refusal { () throws(KeyringError) in
            try file.verify(locksmith.file(keyring))
        }
    }

    private func refusal(of document: StrictJSON) -> KeyringError? {
        CardKeysTests.refusal { () throws(KeyringError) in
            try file.verify(locksmith.file(Array("\(document.text)\n".utf8)))
        }
    }

    private func document() throws -> StrictJSON {
        try StrictJSON.parse(KeyringText.print(locksmith.keyring)[...])
    }

    /// The refusal of the sample with `value` at the end of `path`.
    private func refusal(
        putting value: StrictJSON?, at path: JSONStep...
    ) throws -> KeyringError? {
        let altered = try #require(try document().putting(value, at: path))
        return refusal(of: altered)
    }

    @Test func `is accepted while it makes sense`() throws {
        #expect(refusal(of: locksmith.keyring) == nil)
        #expect(try refusal(of: document()) == nil)
    }

    @Test func `lacks a member, whichever`() throws {
        let document = try document()
        let members = document.paths.filter { if case .member = $0.last { true } else { false } }
        #expect(members.count == 10 + 4 + 5 + 3 + 4 * 9 + 1)
        for path in members {
            let altered = try #require(document.putting(nil, at: path))
            guard case .badField = refusal(of: altered) else {
                Issue.record("accepted without \(path)")
                continue
            }
        }
    }

    @Test func `has a member that nobody knows, in whichever object`() throws {
        let document = try document()
        let objects = ([[]] + document.paths).filter { document.value(at: $0)?.kind == 0 }
        #expect(objects.count == 1 + 2 + 1 + 4 * 2)
        for path in objects {
            let altered = try #require(
                document.putting(.string("4111111111111111"), at: path + [.member("unknown")]))
            guard case .badField(let name) = refusal(of: altered) else {
                Issue.record("accepted with an unknown member in \(path)")
                continue
            }
            #expect(["document", "slots", "kdf", "scopes", "keys", "dates"].contains(name))
        }
    }

    @Test func `has a value of another kind, wherever`() throws {
        let document = try document()
        let others: [StrictJSON] = [.object([:]), .array([]), .string(""), .integer(1)]
        for path in document.paths {
            let kind = try #require(document.value(at: path)).kind
            for other in others where other.kind != kind {
                let altered = try #require(document.putting(other, at: path))
                switch refusal(of: altered) {
                case .badField: break
                case .malformed: #expect(path.count == StrictJSON.depthLimit)
                default: Issue.record("accepted with \(other.text) at \(path)")
                }
            }
        }
    }

    @Test func `names a key twice`() {
        var entries = locksmith.keyring.entries
        let key = entries[0].key
        let again = KeyDescriptor(
            id: key.id, purpose: key.purpose, scope: nil, suite: key.suite, sequence: 2,
            state: key.state, dates: key.dates)
        entries.append(KeyringEntry(key: again, box: entries[0].box))
        #expect(refusal(of: locksmith.keyring(entries: entries)) == .badField("keys"))
    }

    @Test func `has two keys in one place`() throws {
        let twin = try KeyringFile.makeEntry(
            .hold, scope: nil, vault: locksmith.keyring.vault, at: .now(), root: locksmith.root,
            slab: locksmith.slab)
        let entries = locksmith.keyring.entries + [twin]
        #expect(refusal(of: locksmith.keyring(entries: entries)) == .badField("keys"))
    }

    @Test func `has a key of a scope that it has not`() {
        #expect(refusal(of: locksmith.keyring(scopes: [])) == .badField("keys"))
    }

    @Test func `has a scope twice`() {
        let scopes = locksmith.keyring.scopes + locksmith.keyring.scopes
        #expect(refusal(of: locksmith.keyring(scopes: scopes)) == .badField("scopes"))
    }

    @Test func `has more scopes than it may`() throws {
        var scopes = locksmith.keyring.scopes
        for number in 1..<ScopeID.limit {
            scopes.append(
                KeyringScope(id: try scope("s\(number)"), created: .now(), tokens: .random))
        }
        #expect(refusal(of: locksmith.keyring(scopes: scopes)) == nil)
        scopes.append(KeyringScope(id: try scope("last"), created: .now(), tokens: .random))
        #expect(refusal(of: locksmith.keyring(scopes: scopes)) == .badField("scopes"))
    }

    @Test(arguments: [(0, 0), (0, 1), (1, 0), (1, 2), (7, 8)] as [(UInt64, UInt64)])
    func `has an impossible generation`(generation: UInt64, required: UInt64) {
        let keyring = locksmith.keyring(generation: generation, required: required)
        #expect(refusal(of: keyring) == .badField("generation"))
    }

    @Test(arguments: [(1, 1), (7, 1), (7, 7), (1 << 63 - 1, 1 << 62)] as [(UInt64, UInt64)])
    func `has a possible generation`(generation: UInt64, required: UInt64) {
        let keyring = locksmith.keyring(generation: generation, required: required)
        #expect(refusal(of: keyring) == nil)
    }

    @Test func `has a box for a destroyed key, or none for one that lives`() throws {
        let entry = locksmith.keyring.entries[0]
        var dates = entry.key.dates
        dates.enter(.destroyed, at: .now())
        let key = entry.key
        let destroyed = KeyDescriptor(
            id: key.id, purpose: key.purpose, scope: nil, suite: key.suite, sequence: 1,
            state: .destroyed, dates: dates)
        let box = KeyringError.badField("box")
        #expect(refusal(holding: KeyringEntry(key: destroyed, box: entry.box)) == box)
        #expect(refusal(holding: KeyringEntry(key: destroyed, box: nil)) == nil)
        #expect(refusal(holding: KeyringEntry(key: key, box: nil)) == box)
    }

    private func refusal(holding entry: KeyringEntry) -> KeyringError? {
        refusal(of: locksmith.keyring(entries: [entry]))
    }

    @Test(arguments: KeyState.allCases.filter { $0 != .active })
    func `has a state without a date`(state: KeyState) throws {
        let error = try refusal(
            putting: .string(state.rawValue), at: .member("keys"), .element(0), .member("state"))
        #expect(error == .badField("box"))
    }

    @Test(arguments: [
        ("id", "", "id"), ("purpose", "card", "purpose"), ("purpose", "data", "purpose"),
        ("purpose", "fingerprint", "purpose"), ("purpose", "token", "purpose"),
        ("purpose", "wrap", "purpose"), ("purpose", "slot", "purpose"),
        ("purpose", "scope", "scope"), ("scope", "default", "scope"), ("scope", "", "scope"),
        ("state", "sleeping", "state"), ("box", "", "box"), ("box", "AA", "box"),
    ]) func `has a text in a key that means nothing`(
        member: String, text: String, field: String
    ) throws {
        let error = try refusal(
            putting: .string(text), at: .member("keys"), .element(0), .member(member))
        #expect(error == .badField(field))
    }

    @Test(
        arguments: [
            ("suite", 1, "suite"), ("suite", 2, "suite"), ("suite", 17, "suite"),
            ("suite", 272, "suite"), ("sequence", 0, "state"), ("created", 1 << 48, "created"),
        ] as [(String, UInt64, String)]) func `has a number in a key that cannot be`(
            member: String, number: UInt64, field: String
        ) throws
    {
        let error = try refusal(
            putting: .integer(number), at: .member("keys"), .element(0), .member(member))
        #expect(error == .badField(field))
    }

    @Test(arguments: [2, 16, 17]) func `has a scope key of another suite`(suite: UInt64) throws {
        let error = try refusal(
            putting: .integer(suite), at: .member("keys"), .element(3), .member("suite"))
        #expect(error == .badField("suite"))
    }

    @Test(arguments: [0, 4, 5, 7, 8 + 1, 1 << 32]) func `shows another number of digits`(
        count: UInt64
    ) throws {
        #expect(try refusal(putting: .integer(count), at: .member("bin")) == .badField("bin"))
    }

    @Test(arguments: [
        ("id", "Default"), ("id", ""), ("tokens", "sequential"),
    ]) func `has a text in a scope that means nothing`(member: String, text: String) throws {
        let error = try refusal(
            putting: .string(text), at: .member("scopes"), .element(0), .member(member))
        #expect(error == .badField(member))
    }

    @Test func `has a name in capitals for a vault or a key`() throws {
        let vault = locksmith.keyring.vault.description.uppercased() + ""
        let key = locksmith.keyring.keys[0].id.description.uppercased()
        #expect(try refusal(putting: .string(vault), at: .member("vault")) == .badField("vault"))
        #expect(
            try refusal(
                putting: .string(key), at: .member("keys"), .element(0), .member("id"))
                == .badField("id"))
    }

    @Test func `wraps a key by a suite that wraps none`() throws {
        var box = try #require(locksmith.keyring.entries[0].box).bytes
        box[1] = Suite.xaes256GCM.rawValue
        let error = try refusal(
            putting: .string(Base64URL.print(box)), at: .member("keys"), .element(0),
            .member("box"))
        #expect(error == .badField("box"))
    }
}
