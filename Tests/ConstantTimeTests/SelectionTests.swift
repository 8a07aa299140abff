// SPDX-License-Identifier: Apache-2.0
internal import ConstantTime
internal import TestSupport
internal import Testing

@Suite("Selection in constant time") struct SelectionTests {
    @Test func `selects as ?: does on every pair of bytes`() {
        #expect(bytePairs.allSatisfy { select($0, $1, where: .yes) == $0 })
        #expect(bytePairs.allSatisfy { select($0, $1, where: .no) == $1 })
    }

    @Test func `selects as ?: does on wider words`() {
        #expect(selects(UInt16.self))
        #expect(selects(UInt32.self))
        #expect(selects(UInt64.self))
        #expect(selects(UInt128.self))
    }

    @Test(arguments: 0...70) func `replaces every byte where told to`(count: Int) {
        var random = SeededRandom(seed: UInt64(count))
        var bytes = random.bytes(count: count)
        let other = random.bytes(count: count)
        replaceAll(of: &bytes, with: other, where: .yes)
        #expect(bytes == other)
    }

    @Test(arguments: 0...70) func `keeps every byte where told to`(count: Int) {
        var random = SeededRandom(seed: UInt64(count))
        var bytes = random.bytes(count: count)
        let (before, other) = (bytes, random.bytes(count: count))
        replaceAll(of: &bytes, with: other, where: .no)
        #expect(bytes == before)
    }

    @Test func `traps when the lengths differ`() async {
        await #expect(processExitsWith: .failure) {
            var bytes: [UInt8] = [1, 2]
            var span = bytes.mutableSpan
            replace(&span, with: ([3] as [UInt8]).span, where: .no)
        }
    }

    private func replaceAll(of bytes: inout [UInt8], with other: [UInt8], where choice: Choice) {
        var span = bytes.mutableSpan
        replace(&span, with: other.span, where: choice)
    }

    private func selects<Word: FixedWidthInteger & UnsignedInteger>(_ type: Word.Type) -> Bool {
        pairs(of: samples(of: type)).allSatisfy { a, b in
            select(a, b, where: .yes) == a && select(a, b, where: .no) == b
        }
    }
}
