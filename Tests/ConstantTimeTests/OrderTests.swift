// SPDX-License-Identifier: Apache-2.0
internal import ConstantTime
internal import TestSupport
internal import Testing

@Suite("Order in constant time") struct OrderTests {
    @Test func `agrees with < on every pair of bytes`() {
        #expect(bytePairs.allSatisfy { isLess($0, $1).declassify() == ($0 < $1) })
    }

    @Test func `agrees with < on wider words`() {
        #expect(agrees(on: UInt16.self))
        #expect(agrees(on: UInt32.self))
        #expect(agrees(on: UInt64.self))
        #expect(agrees(on: UInt128.self))
    }

    @Test(arguments: 0...70) func `puts a run of bytes neither before nor after itself`(count: Int)
    {
        var random = SeededRandom(seed: UInt64(count))
        let bytes = random.bytes(count: count)
        #expect(!isLess(bytes.span, bytes.span).declassify())
    }

    @Test(arguments: 1...70) func `decides at each position by the first difference`(count: Int) {
        var random = SeededRandom(seed: UInt64(count))
        let bytes = random.bytes(count: count)
        let wrong = (0..<count).filter { position in
            var other = random.bytes(count: count)
            for i in 0..<position { other[i] = bytes[i] }
            other[position] = bytes[position] &+ 1
            return !agrees(bytes, other)
        }
        #expect(wrong.isEmpty)
    }

    @Test(arguments: 0...70) func `puts a prefix first`(count: Int) {
        var random = SeededRandom(seed: UInt64(count))
        let long = random.bytes(count: count + 1)
        let short = Array(long.prefix(count))
        #expect(isLess(short.span, long.span).declassify())
        #expect(!isLess(long.span, short.span).declassify())
    }

    @Test func `agrees with lexicographicallyPrecedes on runs of any two lengths`() {
        var random = SeededRandom(seed: 70)
        let wrong = (0..<5_000).filter { _ in
            // Two letters only, so that long common prefixes occur.
            let words = (0..<2).map { _ in
                random.bytes(count: .random(in: 0...70, using: &random)).map { $0 % 2 * 255 }
            }
            return !agrees(words[0], words[1])
        }
        #expect(wrong.isEmpty)
    }

    private func agrees(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        isLess(a.span, b.span).declassify() == a.lexicographicallyPrecedes(b)
            && isLess(b.span, a.span).declassify() == b.lexicographicallyPrecedes(a)
    }

    private func agrees<Word: FixedWidthInteger & UnsignedInteger>(on type: Word.Type) -> Bool {
        pairs(of: samples(of: type)).allSatisfy { isLess($0, $1).declassify() == ($0 < $1) }
    }
}
