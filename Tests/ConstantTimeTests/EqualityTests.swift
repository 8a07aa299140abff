// SPDX-License-Identifier: Apache-2.0
internal import ConstantTime
internal import TestSupport
internal import Testing

@Suite("Equality in constant time") struct EqualityTests {
    @Test func `agrees with == on every pair of bytes`() {
        #expect(bytePairs.allSatisfy { equal($0, $1).declassify() == ($0 == $1) })
    }

    @Test func `agrees with == on wider words`() {
        #expect(agrees(on: UInt16.self))
        #expect(agrees(on: UInt32.self))
        #expect(agrees(on: UInt64.self))
        #expect(agrees(on: UInt128.self))
    }

    @Test func `finds zero among the words, and nothing else`() {
        #expect((UInt8.min...UInt8.max).allSatisfy { isZero($0).declassify() == ($0 == 0) })
        #expect(samples(of: UInt16.self).allSatisfy { isZero($0).declassify() == ($0 == 0) })
        #expect(samples(of: UInt32.self).allSatisfy { isZero($0).declassify() == ($0 == 0) })
        #expect(samples(of: UInt64.self).allSatisfy { isZero($0).declassify() == ($0 == 0) })
        #expect(samples(of: UInt128.self).allSatisfy { isZero($0).declassify() == ($0 == 0) })
    }

    @Test func `finds each single bit of a word`() {
        #expect((0..<64).allSatisfy { !isZero(UInt64(1) << $0).declassify() })
        #expect((0..<128).allSatisfy { !isZero(UInt128(1) << $0).declassify() })
    }

    @Test(arguments: 0...70) func `accepts a copy of the same bytes`(count: Int) {
        var random = SeededRandom(seed: UInt64(count))
        let bytes = random.bytes(count: count)
        let copy = bytes.map { $0 }
        #expect(equal(bytes.span, copy.span).declassify())
    }

    @Test(arguments: 1...70) func `refuses a difference of one bit at each position`(count: Int) {
        var random = SeededRandom(seed: UInt64(count))
        let bytes = random.bytes(count: count)
        let accepted = (0..<count * 8).filter { bit in
            var other = bytes
            other[bit / 8] ^= 1 << (bit % 8)
            return equal(bytes.span, other.span).declassify()
        }
        #expect(accepted.isEmpty)
    }

    @Test func `refuses two differences that would cancel each other`() {
        let (a, b): ([UInt8], [UInt8]) = ([1, 2, 3, 4], [1, 0x82, 0x83, 4])
        #expect(!equal(a.span, b.span).declassify())
    }

    @Test(arguments: 0...70) func `refuses bytes of another length`(count: Int) {
        let short = [UInt8](repeating: 0, count: count)
        let long = [UInt8](repeating: 0, count: count + 1)
        #expect(!equal(short.span, long.span).declassify())
        #expect(!equal(long.span, short.span).declassify())
    }

    @Test(arguments: 0...70) func `finds a run of zeros`(count: Int) {
        #expect(isZero([UInt8](repeating: 0, count: count).span).declassify())
    }

    @Test(arguments: 1...70) func `finds the one byte that is not zero`(count: Int) {
        let missed = (0..<count * 8).filter { bit in
            var bytes = [UInt8](repeating: 0, count: count)
            bytes[bit / 8] = 1 << (bit % 8)
            return isZero(bytes.span).declassify()
        }
        #expect(missed.isEmpty)
    }

    @Test(arguments: 2...70) func `finds bytes that would cancel each other`(count: Int) {
        var bytes = [UInt8](repeating: 0, count: count)
        (bytes[0], bytes[count - 1]) = (0x81, 0x81)
        #expect(!isZero(bytes.span).declassify())
    }

    private func agrees<Word: FixedWidthInteger & UnsignedInteger>(on type: Word.Type) -> Bool {
        pairs(of: samples(of: type)).allSatisfy { equal($0, $1).declassify() == ($0 == $1) }
    }
}
