// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import TestSupport
internal import Testing

@Suite("Frame") struct FrameTests {
    static func frame(_ fields: [[UInt8]]) -> [UInt8] {
        var frame = Frame()
        for field in fields { frame.append(field) }
        return frame.bytes
    }

    @Test func `begins each field with its length`() {
        #expect(Self.frame([[7, 8], [], [9]]) == [0, 0, 0, 2, 7, 8, 0, 0, 0, 0, 0, 0, 0, 1, 9])
    }

    @Test func `is the same from spans, arrays and texts`() {
        var (spans, texts) = (Frame(), Frame("card-vault/1"))
        spans.append("card-vault/1".utf8.span)
        spans.append("münze".utf8.span)
        texts.append("münze")
        #expect(spans.bytes == texts.bytes)
        #expect(texts.bytes == Self.frame([Array("card-vault/1".utf8), Array("münze".utf8)]))
    }

    @Test func `writes integers with all their bytes`() {
        var frame = Frame()
        frame.append(UInt8(0x12))
        frame.append(UInt32(0x1234_5678))
        frame.append(UInt64(0x1234_5678_9abc_def0))
        #expect(
            hex(frame.bytes)
                == "0000000112" + "0000000412345678"
                + "00000008123456789abcdef0")
    }

    @Test func `gives an absent field length 0`() {
        var frame = Frame()
        frame.append(UInt64?.none)
        frame.append(UInt32?.some(0x1234))
        frame.appendAbsent()
        #expect(frame.bytes == Self.frame([[], [0, 0, 0x12, 0x34], []]))
    }

    @Test func `takes the length of a field that follows it`() {
        var frame = Frame("label")
        frame.appendHeader(ofFieldWith: 300)
        let field = [UInt8](repeating: 5, count: 300)
        #expect(frame.bytes + field == Self.frame([Array("label".utf8), field]))
    }

    /// Every way to cut one run of bytes into four fields.
    @Test func `differs wherever a byte moves between neighbouring fields`() {
        let run = Array(UInt8(0)..<12)
        var frames: Set<[UInt8]> = []
        var count = 0
        for a in 0...12 {
            for b in a...12 {
                for c in b...12 {
                    let fields = [run[..<a], run[a..<b], run[b..<c], run[c...]]
                    frames.insert(Self.frame(fields.map(Array.init)))
                    count += 1
                }
            }
        }
        #expect(count == 455 && frames.count == count)
    }

    /// A field that holds what a length looks like is still one field.
    @Test func `differs from the frame that a field imitates`() {
        let inner = Self.frame([[1], [2]])
        #expect(Self.frame([inner]) != inner)
        #expect(Self.frame([inner, []]) != Self.frame([[], inner]))
        #expect(Self.frame([[1], [2], []]) != Self.frame([[1], [2]]))
    }

    @Test func `traps on a field of 2^32 bytes`() async {
        await #expect(processExitsWith: .trap) {
            var frame = Frame()
            frame.appendHeader(ofFieldWith: 1 << 32)
        }
    }
}

@Suite("Record binding") struct RecordBindingTests {
    static let keyID = KeyID.of(sampleBytes, purpose: .data, suite: .xaes256GCM)
    static let header = BoxHeader(suite: .xaes256GCM, keyID: keyID)

    @Test func `frames label, vault, kind, scope, record, facts and header`() throws {
        let record = Record()
        let fields: [[UInt8]] = [
            Array("card-vault/1".utf8), record.vault, Array("card".utf8), Array("acme".utf8),
            record.record, FrameTests.frame(record.facts), Self.header.bytes,
        ]
        #expect(
            try record.binding.associatedData(Self.header) == FrameTests.frame(fields))
    }

    @Test func `differs for every neighbouring record`() throws {
        let records = [Record()] + Record().neighbours
        let data = try Set(records.map { try $0.binding.associatedData(Self.header) })
        #expect(data.count == records.count)
    }

    @Test func `differs when a byte moves between neighbouring fields`() throws {
        var (before, after) = (Record(), Record())
        before.record = Array("ab".utf8)
        before.scope = "acme"
        after.record = Array("eab".utf8)
        after.scope = "acm"
        let data = try [before, after].map { try $0.binding.associatedData(Self.header) }
        #expect(data[0] != data[1] && data[0].count == data[1].count)
    }

    @Test func `differs for another key and another suite`() throws {
        let binding = try Record().binding
        let other = KeyID.of(sampleBytes, purpose: .data, suite: .xchacha20Poly1305)
        let headers = [
            Self.header, BoxHeader(suite: .xchacha20Poly1305, keyID: Self.keyID),
            BoxHeader(suite: .xaes256GCM, keyID: other),
        ]
        #expect(Set(headers.map { binding.associatedData($0) }).count == headers.count)
    }
}
