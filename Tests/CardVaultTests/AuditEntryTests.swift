// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardVault
internal import TestSupport
internal import Testing

@Suite("Audit entry") struct AuditEntryTests {
    /// A field of a frame, made without the code under test.
    private func field(_ bytes: [UInt8]) -> [UInt8] {
        integer(UInt64(bytes.count), 4) + bytes
    }

    private func field(_ text: String) -> [UInt8] { field(Array(text.utf8)) }

    private func integer(_ value: UInt64, _ byteCount: Int) -> [UInt8] {
        (0..<byteCount).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }

    private let previous = [UInt8](repeating: 0xcc, count: 32)

    private func entry(_ event: AuditEvent) -> AuditEntry {
        AuditEntry(
            sequence: 0x0102_0304_0506_0708, key: KeyNumber(rawValue: 0x0a0b), previous: previous,
            event: event)
    }

    /// The header of an entry and the fields of its frame.
    private func bytes(
        version: UInt8 = 1, chain: UInt8 = 0, sequence: UInt64 = 0x0102_0304_0506_0708,
        fields: [[UInt8]]
    ) -> [UInt8] {
        let header = [version, chain] + integer(sequence, 8) + integer(0x0a0b, 8) + previous
        return header + fields.flatMap { field($0) }
    }

    /// The fields of a frame that is right.
    private func fields(subject: [UInt8] = []) -> [[UInt8]] {
        [integer(1_800_000_000_000, 8)]
            + ["alice", "detokenize", "done", "settlement", "10.0.0.7", "acme"].map {
                Array($0.utf8)
            }
            + [subject]
    }

    @Test func `is version, chain, place, key, head before and a frame of the event`() throws {
        let token = StoreSamples.token(5)
        let expected =
            [1, 0]  // version, chain
            + [1, 2, 3, 4, 5, 6, 7, 8]
            + [0, 0, 0, 0, 0, 0, 0x0a, 0x0b] + previous
            + field(integer(1_800_000_000_005, 8))
            + field("alice") + field("detokenize") + field("done") + field("settlement 5")
            + field("10.0.0.7") + field("acme")
            + field([1, 0, 0, 0, 9] + token.stored)
        let event = try AuditSamples.event(5, subject: .tokens([token], askedCount: 9))
        #expect(entry(event).bytes == expected)
    }

    @Test func `has fields of no bytes for what is absent`() throws {
        let event = AuditEvent(
            time: try moment(7), caller: try AuditSamples.caller("bob", from: nil), action: .stop,
            outcome: .done)
        let frame =
            field(integer(7, 8)) + field("bob") + field("stop") + field("done") + field("")
            + field("") + field("") + field("")
        #expect(entry(event).bytes.dropFirst(50) == frame[...])
    }

    @Test func `names keys and holds by their bytes`() throws {
        let keys = try [StoreSamples.keyID(1), StoreSamples.keyID(2)]
        let hold = try AuditSamples.holdID(3)
        let subjects: [(AuditSubject, [UInt8])] = [
            (.none, []), (.tokens([], askedCount: 0), [1, 0, 0, 0, 0]),
            (.tokens([], askedCount: 0x0102_0304), [1, 1, 2, 3, 4]),
            (.keys(keys), [2, 0, 0, 0, 2] + keys[0].bytes + keys[1].bytes),
            (.hold(hold), [3, 0, 0, 0, 1] + hold.bytes),
        ]
        for (subject, bytes) in subjects { #expect(subject.bytes == bytes) }
        #expect(subjects.count == 5)
    }

    @Test func `is what it was when it is read`() throws {
        var random = SeededRandom(seed: 31)
        for _ in 0..<500 {
            let event = try AuditSamples.event(using: &random)
            let entry = AuditEntry(
                sequence: .random(in: 1..<1 << 63, using: &random),
                key: KeyNumber(rawValue: .random(in: 1 ... .max, using: &random)),
                previous: random.bytes(count: 32), event: event)
            #expect(AuditEntry(bytes: entry.bytes) == entry)
        }
    }

    /// A changed byte either makes no entry, or one that is stored as those bytes.
    @Test func `has one form`() throws {
        let bytes = entry(try AuditSamples.event()).bytes
        var readCount = 0
        for bit in 0..<bytes.count * 8 {
            var altered = bytes
            altered[bit / 8] ^= 1 << (bit % 8)
            guard let entry = AuditEntry(bytes: altered) else { continue }
            readCount += 1
            #expect(entry.bytes == altered)
        }
        #expect(readCount > 0)
    }

    @Test func `is not read when it is cut`() throws {
        let bytes = entry(try AuditSamples.event()).bytes
        let read = (0..<bytes.count).filter { AuditEntry(bytes: Array(bytes.prefix($0))) != nil }
        #expect(read.isEmpty)
    }

    @Test func `is not read with more bytes or fields after it`() throws {
        let bytes = entry(try AuditSamples.event()).bytes
        var random = SeededRandom(seed: 32)
        let read = (1...64).filter {
            AuditEntry(bytes: bytes + random.bytes(count: $0)) != nil
        }
        #expect(read.isEmpty)
        #expect(AuditEntry(bytes: bytes + [0]) == nil)
        #expect(AuditEntry(bytes: bytes + field("")) == nil)
    }

    @Test func `is read when every field is as it may be`() {
        let read = AuditEntry(bytes: bytes(fields: fields()))
        #expect(read?.event.actor == "alice")
        #expect(read?.event.purpose == "settlement")
        #expect(read?.event.subject == AuditSubject.none)
    }

    @Test func `is not read in another version or chain`() {
        for byte in UInt8.min...UInt8.max {
            let isRead = AuditEntry(bytes: bytes(version: byte, fields: fields())) != nil
            #expect(isRead == (byte == 1))
            let isReadAs = AuditEntry(bytes: bytes(chain: byte, fields: fields())) != nil
            #expect(isReadAs == (byte == 0))
        }
    }

    /// Places count from 1 and are numbers of the database, which has a sign for them.
    @Test(arguments: [0, 1 << 63, .max] as [UInt64]) func `is not read in no place`(place: UInt64) {
        #expect(AuditEntry(bytes: bytes(sequence: place, fields: fields())) == nil)
    }

    @Test(arguments: [1, 2, 3]) func `is not read without actor, action or outcome`(field: Int) {
        var fields = fields()
        fields[field] = []
        #expect(AuditEntry(bytes: bytes(fields: fields)) == nil)
    }

    @Test(arguments: 1...6) func `is not read with a byte that does not print`(field: Int) {
        for byte in Array(0..<0x20) + Array(0x7f...0xff) as [UInt8] {
            var fields = fields()
            fields[field].append(byte)
            #expect(AuditEntry(bytes: bytes(fields: fields)) == nil)
        }
    }

    @Test(arguments: [1, 4, 5]) func `is not read with a text that may not go on record`(field: Int)
    {
        for text in [String(repeating: "a", count: 201), Cards.visa] {
            var fields = fields()
            fields[field] = Array(text.utf8)
            #expect(AuditEntry(bytes: bytes(fields: fields)) == nil)
        }
    }

    @Test(arguments: ["Acme", "a b", String(repeating: "a", count: 65)])
    func `is not read with a name that no scope has`(name: String) {
        var fields = fields()
        fields[6] = Array(name.utf8)
        #expect(AuditEntry(bytes: bytes(fields: fields)) == nil)
    }

    @Test func `is not read with a time that is none`() {
        for time in [[], integer(1, 7), integer(1, 9), integer(1 << 48, 8), integer(.max, 8)] {
            var fields = fields()
            fields[0] = time
            #expect(AuditEntry(bytes: bytes(fields: fields)) == nil)
        }
    }

    @Test func `is not read with a subject that is none`() throws {
        let token = StoreSamples.token(1).stored
        let subjects: [[UInt8]] = [
            [0], [1], [1, 0, 0, 0], [2, 0, 0, 0], [0, 0, 0, 0, 0], [4, 0, 0, 0, 0],
            [255, 0, 0, 0, 1] + token,
            [1, 0, 0, 0, 1] + token.dropLast(), [1, 0, 0, 0, 1] + token + [1],
            [1, 0, 0, 0, 1, 3] + token.dropFirst(),  // no token has this tag
            [2, 0, 0, 0, 1], [2, 0, 0, 0, 0] + StoreSamples.bytes(1, count: 32),
            [2, 0, 0, 0, 1] + StoreSamples.bytes(1, count: 31),
            [2, 0, 0, 0, 1] + StoreSamples.bytes(1, count: 64),
            [3, 0, 0, 0, 2] + StoreSamples.bytes(1, count: 16),
            [3, 0, 0, 0, 1] + StoreSamples.bytes(1, count: 17),
        ]
        for subject in subjects {
            #expect(AuditEntry(bytes: bytes(fields: fields(subject: subject))) == nil)
        }
        #expect(subjects.count == 16)
    }

    @Test func `names 1,024 ids and no more`() throws {
        let limit = AuditSubject.idLimit
        #expect(limit == 1_024)
        for (kind, id) in [
            (1, StoreSamples.token(1).stored), (2, StoreSamples.bytes(1, count: 32)),
            (3, StoreSamples.bytes(1, count: 16)),
        ] as [(UInt8, [UInt8])] {
            func entry(_ count: Int) -> AuditEntry? {
                let ids = (0..<count).flatMap { _ in id }
                let subject = [kind] + integer(UInt64(count), 4) + ids
                return AuditEntry(bytes: bytes(fields: fields(subject: subject)))
            }
            #expect(entry(limit) != nil)
            #expect(entry(limit + 1) == nil)
        }
    }

    @Test func `traps on a subject of 1,025 ids`() async {
        await #expect(processExitsWith: .failure) {
            let tokens = (0..<1_025).map(StoreSamples.token)
            _ = AuditSubject.tokens(tokens, askedCount: 1_025).bytes
        }
    }
}
