// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
internal import Foundation
internal import SecretMemory
internal import Testing

@Suite("Keyring file") struct KeyringFileTests {
    let scratch: Scratch
    let locksmith: Locksmith

    init() throws {
        scratch = try Scratch()
        locksmith = try Locksmith.shared.get()
    }

    private func draft(_ name: String = "default", binDigitCount: Int = 6) throws -> KeyringFile {
        try KeyringFile.draft(
            at: scratch.path(), passphrase: Locksmith.passphrase(), scope: scope(name),
            binDigitCount: binDigitCount, cost: #require(Locksmith.cost),
            moment: timestamp(1_800_000_000_123))
    }

    @Test func `is unlocked as it was saved`() throws {
        let draft = try draft("acme.eu", binDigitCount: 8)
        try draft.save(under: draft.lock())
        let unlocked = try KeyringFile.unlock(
            at: scratch.path(), with: .passphrase(Locksmith.passphrase()))
        KeyringLaws.expectSame(unlocked.current(), draft.current())
        try KeyringLaws.expectCurrent(unlocked)
        try KeyringLaws.expectEveryKeyUnwraps(unlocked)
        #expect(unlocked.current().binDigitCount == 8)
        #expect(unlocked.current().generation == 1)
        #expect(unlocked.current().required == 1)
        #expect(unlocked.current().created == (try timestamp(1_800_000_000_123)))
    }

    @Test func `starts with the vault's keys and one scope`() throws {
        let keyring = try draft("acme").current()
        #expect(keyring.keys.map(\.purpose) == [.hold, .audit, .seal, .scope])
        #expect(keyring.keys.map(\.scope) == [nil, nil, nil, try scope("acme")])
        #expect(keyring.keys.allSatisfy { $0.state == .active && $0.sequence == 1 })
        #expect(keyring.scopes.map(\.id) == [try scope("acme")])
        #expect(keyring.scopes.map(\.tokens) == [.timeOrdered])
    }

    @Test func `computes a primary for each purpose that has a key`() throws {
        let keyring = try draft("acme").current()
        for key in keyring.keys {
            #expect(keyring.primary(key.purpose, scope: key.scope) == key)
        }
        #expect(keyring.primary(.scope) == nil)
        #expect(try keyring.primary(.hold, scope: scope("acme")) == nil)
        #expect(keyring.primary(.data) == nil)
    }

    @Test func `is written by save alone`() throws {
        let draft = try draft()
        #expect(try scratch.names().isEmpty)
        try draft.save(under: draft.lock())
        #expect(try scratch.names() == ["keyring.json", "keyring.json.lock"])
        #expect(try scratch.permissions() == 0o600)
    }

    @Test func `is not saved over another`() throws {
        let draft = try draft()
        try scratch.write([])
        #expect(
            refusal { () throws(KeyringError) in try draft.save(under: draft.lock()) } == .exists)
        #expect(try scratch.bytes().isEmpty)
    }

    @Test func `has a vault and keys of its own`() throws {
        let (a, b) = (try draft().current(), try draft().current())
        #expect(a.vault != b.vault)
        #expect(Set((a.keys + b.keys).map(\.id)).count == 8)
    }

    @Test func `prints what it parses, byte for byte`() throws {
        let text = locksmith.file(locksmith.keyring)
        let keyring = try locksmith.opened().verify(text)
        #expect(locksmith.file(keyring) == text)
    }

    @Test func `holds no key that it does not name`() throws {
        let file = try locksmith.opened()
        let stranger = try KeyMaterial.generate(
            purpose: .hold, suite: .hmacSHA256, in: locksmith.slab)
        let id = stranger.id
        #expect(
            refusal { () throws(KeyringError) in try file.unwrap(id) }
                == .wrappedKey(id: id.description))
    }

    @Test func `unwraps no key from the box of another`() throws {
        var entries = locksmith.keyring.entries
        let (a, b) = (entries[0], entries[1])
        entries[0] = KeyringEntry(key: a.key, box: b.box)
        entries[1] = KeyringEntry(key: b.key, box: a.box)
        let file = try locksmith.opened(seeing: locksmith.keyring(entries: entries))
        for key in [a.key, b.key] {
            #expect(
                refusal { () throws(KeyringError) in try file.unwrap(key.id) }
                    == .wrappedKey(id: key.id.description))
        }
    }

    @Test func `has a place in every box`() throws {
        let entry = locksmith.keyring.entries[3]
        let key = entry.key
        let moved = [
            KeyDescriptor(
                id: key.id, purpose: key.purpose, scope: try scope("other"), suite: key.suite,
                sequence: key.sequence, state: key.state, dates: key.dates),
            KeyDescriptor(
                id: key.id, purpose: key.purpose, scope: key.scope, suite: key.suite,
                sequence: key.sequence + 1, state: key.state, dates: key.dates),
            KeyDescriptor(
                id: key.id, purpose: key.purpose, scope: key.scope, suite: key.suite,
                sequence: key.sequence, state: key.state, dates: KeyDates(created: .now())),
        ]
        for key in moved {
            let other = locksmith.keyring(entries: [KeyringEntry(key: key, box: entry.box)])
            let file = try locksmith.opened(seeing: other)
            #expect(
                refusal { () throws(KeyringError) in try file.unwrap(key.id) }
                    == .wrappedKey(id: key.id.description))
        }
    }

    @Test(arguments: [0, 5, 7, 9]) func `is made for 6 or 8 digits of a BIN`(count: Int) async {
        await #expect(processExitsWith: .failure) { [count] in
            _ = try KeyringFile.draft(
                at: "nowhere", passphrase: Locksmith.passphrase(), scope: scope("a"),
                binDigitCount: count)
        }
    }
}
