// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import TestSupport
internal import Testing

@Suite("Frame reader") struct FrameReaderTests {
    /// The fields of a frame; nil when it does not end where its last field does.
    private func fields(_ bytes: ArraySlice<UInt8>) -> [[UInt8]]? {
        var reader = FrameReader(bytes)
        var fields: [[UInt8]] = []
        while let field = reader.field() { fields.append(Array(field)) }
        return reader.isAtEnd ? fields : nil
    }

    @Test func `reads every field that a frame was made of`() {
        var random = SeededRandom(seed: 11)
        for count in 0..<100 {
            let made = (0..<count % 10).map { _ in
                random.bytes(count: .random(in: 0...40, using: &random))
            }
            #expect(fields(FrameTests.frame(made)[...]) == made)
        }
    }

    @Test func `reads a slice from where it begins`() {
        let frame = FrameTests.frame([[1, 2], [], [3]])
        #expect(fields(([9, 9, 9] + frame).dropFirst(3)) == [[1, 2], [], [3]])
        #expect(fields((frame + [9]).dropLast()) == [[1, 2], [], [3]])
    }

    @Test func `reads no field of a frame that was cut inside one`() {
        let frame = FrameTests.frame([[1, 2, 3], [4]])
        let whole = (0...frame.count).filter { fields(frame[..<$0]) != nil }
        // Before the first field, between the two, after the second.
        #expect(whole == [0, 7, 12])
    }

    @Test(arguments: [0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff] as [UInt32])
    func `reads no field that says to be longer than the frame`(count: UInt32) {
        var bytes: [UInt8] = []
        BigEndian.append(count, to: &bytes)
        var reader = FrameReader((bytes + [1, 2, 3])[...])
        #expect(reader.field() == nil)
        #expect(!reader.isAtEnd)
    }

    @Test func `is at the end after the last byte only`() {
        var reader = FrameReader(FrameTests.frame([[1], []])[...])
        #expect(!reader.isAtEnd)
        #expect(reader.field() == [1])
        #expect(!reader.isAtEnd)
        #expect(reader.field() == [])
        #expect(reader.isAtEnd)
        #expect(reader.field() == nil)
    }
}
