// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
internal import Foundation
internal import Testing

@Suite("Members that a keyring may lack") struct KeyringMemberTests {
    let locksmith: Locksmith
    let file: KeyringFile

    init() throws {
        locksmith = try Locksmith.shared.get()
        file = try locksmith.opened()
    }

    private func periods() throws -> Cryptoperiods {
        var periods = Cryptoperiods.standard
        periods[.token] = try #require(Cryptoperiod(originatorDays: 1, recipientDays: 36_500))
        periods[.scope] = try #require(Cryptoperiod(originatorDays: 90, recipientDays: 90))
        return periods
    }

    private func copies() throws -> [KeyringCopy] {
        [
            KeyringCopy(id: .random(), created: try timestamp(7), generation: 3),
            KeyringCopy(
                id: .random(), created: try timestamp(8), generation: 9,
                destroyed: try timestamp(6)),
        ]
    }

    /// The sample with its scope shredded in generation 5 of 9.
    private func shredded() throws -> Keyring {
        var scopes = locksmith.keyring.scopes
        scopes[0].shreddedAt = 5
        let entries = locksmith.keyring.entries.map { entry in
            guard entry.key.scope != nil else { return entry }
            return KeyringEntry(key: entry.key.destroyed(at: .now()), box: nil)
        }
        return locksmith.keyring(
            generation: 9, scopes: scopes, entries: entries, periods: try periods(),
            copies: try copies())
    }

    private func document() throws -> StrictJSON {
        try StrictJSON.parse(KeyringText.print(try shredded())[...])
    }

    private func refusal(of document: StrictJSON) -> KeyringError? {
        CardKeysTests.refusal { () throws(KeyringError) in
            try file.verify(locksmith.file(Array("\(document.text)\n".utf8)))
        }
    }

    /// The refusal of the sample with `value` at the end of `path`.
    private func refusal(
        putting value: StrictJSON?, at path: JSONStep...
    ) throws -> KeyringError? {
        refusal(of: try #require(try document().putting(value, at: path)))
    }

    @Test func `are read as they were written`() throws {
        let keyring = try shredded()
        let read = try file.verify(locksmith.file(keyring))
        #expect(read.periods == keyring.periods)
        #expect(read.copies == keyring.copies)
        #expect(read.scopes == keyring.scopes)
        KeyringLaws.expectSame(read, keyring)
    }

    @Test func `are written as the format says`() throws {
        let keyring = try shredded()
        let text = String(decoding: KeyringText.print(keyring), as: UTF8.self)
        let (a, b) = (keyring.copies[0].id, keyring.copies[1].id)
        let end = """
              "periods": [
                {"purpose": "scope", "originator": 90, "recipient": 90},
                {"purpose": "token", "originator": 1, "recipient": 36500}
              ],
              "copies": [
                {"id": "\(a)", "created": 7, "generation": 3},
                {"id": "\(b)", "created": 8, "generation": 9, "destroyed": 6}
              ]
            }

            """
        #expect(text.hasSuffix(end))
        #expect(text.contains(#""tokens": "time", "shredded": 5}"#))
    }

    @Test func `are left out while there is nothing to say`() {
        let text = String(decoding: KeyringText.print(locksmith.keyring), as: UTF8.self)
        for name in ["periods", "copies", "shredded"] { #expect(!text.contains(name)) }
    }

    @Test func `were not there in release 0.1.0, whose file prints as it was`() throws {
        let golden = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Golden/0.1.0/keyring.json")
        let text = Array(try Data(contentsOf: golden))
        let parts = try KeyringText.split(text)
        let keyring = try KeyringParser(parts.body).keyring(code: parts.code)
        #expect(KeyringText.join(KeyringText.print(keyring), code: keyring.code) == text)
        #expect(keyring.periods == .standard)
        #expect(keyring.copies.isEmpty)
        #expect(keyring.scopes.allSatisfy { $0.shreddedAt == nil })
    }

    @Test(arguments: ["periods", "copies"]) func `are refused when empty`(name: String) throws {
        #expect(try refusal(putting: .array([]), at: .member(name)) == .badField(name))
    }

    @Test(arguments: [
        ("periods", "purpose"), ("periods", "originator"), ("periods", "recipient"),
        ("copies", "id"), ("copies", "created"), ("copies", "generation"),
    ]) func `are refused without what each needs`(member: String, name: String) throws {
        let error = try refusal(
            putting: nil, at: .member(member), .element(0), .member(name))
        #expect(error == .badField(name))
    }

    @Test(arguments: ["periods", "copies", "scopes"]) func `are refused with unknown ones in them`(
        member: String
    ) throws {
        let error = try refusal(
            putting: .integer(1), at: .member(member), .element(0), .member("unknown"))
        #expect(error == .badField(member))
    }

    @Test func `are refused with values of another kind`() throws {
        let document = try document()
        let others: [StrictJSON] = [.object([:]), .array([]), .string(""), .integer(1)]
        let paths = document.paths.filter { path in
            [.member("periods"), .member("copies")].contains(path.first)
                || path.last == .member("shredded")
        }
        #expect(paths.count == 2 + 2 * 4 + 4 + 5 + 1)
        for path in paths {
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

    @Test(
        arguments: [
            ("originator", 0), ("originator", 91), ("recipient", 89), ("recipient", 36_501),
            ("recipient", UInt64(Int64.max)),
        ] as [(String, UInt64)]) func `are refused with an impossible period`(
            name: String, days: UInt64
        ) throws
    {
        let error = try refusal(
            putting: .integer(days), at: .member("periods"), .element(0), .member(name))
        #expect(error == .badField("periods"))
    }

    @Test(arguments: ["", "card", "Scope", "token"])
    func `are refused with no purpose, or one twice`(
        purpose: String
    ) throws {
        let error = try refusal(
            putting: .string(purpose), at: .member("periods"), .element(0), .member("purpose"))
        #expect(error == .badField("purpose"))
    }

    @Test(arguments: ["", "AAAAAAAAAA", "AAAAAAAAAAB", "AAAAAAAAAAAA", "AAAAAAAAAA="])
    func `are refused with a copy that has no name`(id: String) throws {
        let error = try refusal(
            putting: .string(id), at: .member("copies"), .element(0), .member("id"))
        #expect(error == .badField("id"))
    }

    @Test func `are refused with a copy twice`() throws {
        let document = try document()
        let copies: JSONPath = [.member("copies")]
        let copy = document.value(at: copies + [.element(0)])
        let altered = try #require(document.putting(copy, at: copies + [.element(1)]))
        #expect(refusal(of: altered) == .badField("copies"))
    }

    @Test(arguments: [0, 10, UInt64(Int64.max)]) func `are refused with a copy of no generation`(
        generation: UInt64
    ) throws {
        let error = try refusal(
            putting: .integer(generation), at: .member("copies"), .element(0),
            .member("generation"))
        #expect(error == .badField("generation"))
    }

    @Test(arguments: [0, 10, UInt64(Int64.max)]) func `are refused with a scope shredded never`(
        generation: UInt64
    ) throws {
        let error = try refusal(
            putting: .integer(generation), at: .member("scopes"), .element(0),
            .member("shredded"))
        #expect(error == .badField("shredded"))
    }

    @Test(arguments: ["created", "destroyed"]) func `are refused with a copy of no time`(
        name: String
    ) throws {
        let error = try refusal(
            putting: .integer(1 << 48), at: .member("copies"), .element(1), .member(name))
        #expect(error == .badField(name))
    }

    @Test func `are refused with a shredded scope whose key lives`() {
        var scopes = locksmith.keyring.scopes
        scopes[0].shreddedAt = 1
        let error = CardKeysTests.refusal { () throws(KeyringError) in
            try file.verify(locksmith.file(locksmith.keyring(scopes: scopes)))
        }
        #expect(error == .badField("keys"))
    }

    @Test(arguments: [(0, nil), (1, .badField("copies"))] as [(Int, KeyringError?)])
    func `are refused with more copies than may be`(surplus: Int, error: KeyringError?) throws {
        let copies = try (0..<KeyringCopy.limit + surplus).map { _ in
            KeyringCopy(id: .random(), created: try timestamp(1), generation: 1)
        }
        let keyring = locksmith.keyring(copies: copies)
        #expect(
            CardKeysTests.refusal { () throws(KeyringError) in
                try file.verify(locksmith.file(keyring))
            } == error)
    }
}
