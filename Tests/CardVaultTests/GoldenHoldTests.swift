// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardVault
internal import SecretMemory
internal import TestSupport
internal import Testing

@Suite("Golden holds") struct GoldenHoldTests {
    struct Row: Decodable, Sendable {
        let kind: UInt8
        let holdKey: String
        let holdKeyID: String
        let vault: String
        let scope: String
        let id: String
        let created: UInt64
        let expires: UInt64
        let handle: String
        let box: String
        let text: String
    }

    private struct File: Decodable {
        let tests: [Row]
    }

    private let slab: KeySlab
    private let rows: [Row]

    init() throws {
        slab = try KeySlab()
        rows = try Vectors.load("golden/holds.json", as: File.self).tests
    }

    /// What a row opens to; nil when it does not.
    private func open(
        _ row: Row, box: [UInt8]? = nil, scope: String? = nil, expires: UInt64? = nil,
        handle: String? = nil
    ) throws -> String? {
        var secret = try slab.reserve()
        let keyBytes = try bytes(hex: row.holdKey)
        secret.withMutableBytes { for i in keyBytes.indices { $0[i] = keyBytes[i] } }
        let material = KeyMaterial(secret, purpose: .hold, suite: .hmacSHA256)
        #expect(material.id.description == row.holdKeyID)
        let described = KeyDescriptor(material, scope: nil, sequence: 1, activeFrom: .now())
        let key = HoldKeyEntry(KeyNumber(rawValue: 1), described, material, slab: slab)
        let given = handle ?? row.handle
        let handle = try HoldHandle(given.utf8.span)
        let id = handle.id
        #expect(id.description == row.id)
        let facts = HoldFacts(
            kind: try #require(HoldKind(rawValue: row.kind)),
            created: try #require(Timestamp(milliseconds: row.created)),
            expires: try #require(Timestamp(milliseconds: expires ?? row.expires)))
        let binding = HoldRecord.binding(
            id, facts, vault: try #require(VaultID(hex: row.vault)),
            scope: try #require(ScopeID(scope ?? row.scope)))
        let boxKey = try key.boxKey(of: handle)
        let sealed = try box ?? bytes(hex: row.box)
        return try? content(facts.kind, boxKey, sealed, binding)
    }

    private func content(
        _ kind: HoldKind, _ key: borrowing HoldBoxKey, _ sealed: [UInt8], _ binding: RecordBinding
    ) throws(OpenError) -> String? {
        switch kind {
        case .track1: try track1(key, sealed, binding)
        case .track2: try track2(key, sealed, binding)
        case .verificationCode: try code(key, sealed, binding)
        }
    }

    private func track1(
        _ key: borrowing HoldBoxKey, _ sealed: [UInt8], _ binding: RecordBinding
    ) throws(OpenError) -> String? {
        let track = try Track1.opened { plaintext throws(OpenError) in
            try key.open(sealed.span, as: binding, into: &plaintext)
        }
        guard let track else { return nil }
        return track.withText(text)
    }

    private func track2(
        _ key: borrowing HoldBoxKey, _ sealed: [UInt8], _ binding: RecordBinding
    ) throws(OpenError) -> String? {
        let track = try Track2.opened { plaintext throws(OpenError) in
            try key.open(sealed.span, as: binding, into: &plaintext)
        }
        guard let track else { return nil }
        return track.withText(text)
    }

    private func code(
        _ key: borrowing HoldBoxKey, _ sealed: [UInt8], _ binding: RecordBinding
    ) throws(OpenError) -> String? {
        let code = try CardVerificationCode.opened { plaintext throws(OpenError) in
            try key.open(sealed.span, as: binding, into: &plaintext)
        }
        guard let code else { return nil }
        return code.withDigits(text)
    }

    private func text(_ bytes: Span<UInt8>) -> String {
        String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
    }

    @Test func `open, one of each kind`() throws {
        #expect(rows.map(\.kind) == [1, 2, 3])
        for row in rows { #expect(try open(row) == row.text) }
    }

    @Test func `do not open with anything changed`() throws {
        for row in rows {
            var box = try bytes(hex: row.box)
            for index in box.indices {
                box[index] ^= 1
                #expect(try open(row, box: box) == nil)
                box[index] ^= 1
            }
            #expect(try open(row, scope: "other") == nil)
            #expect(try open(row, expires: row.expires + 1) == nil)
            let last: Character = row.handle.last == "0" ? "1" : "0"
            #expect(try open(row, handle: String(row.handle.dropLast()) + String(last)) == nil)
        }
    }
}
