// SPDX-License-Identifier: Apache-2.0
internal import ConstantTime

/// Every function of the module `ConstantTime`.
extension Operation {
    private static let bytes = (0..<67).map { UInt8($0) }

    /// `bytes` with one bit changed in the byte at `offset`.
    private static func changed(at offset: Int) -> [UInt8] {
        var changed = bytes
        changed[offset] ^= 1
        return changed
    }

    static let comparisons = [
        Operation("equal, bytes that are the same") {
            let (a, b) = (Secret.bytes(bytes), Secret.bytes(bytes))
            require(equal(a.span, b.span).declassify(), "same bytes are equal")
        },
        Operation("equal, bytes that differ") {
            let (a, b) = (Secret.bytes(bytes), Secret.bytes(changed(at: 2)))
            require(!equal(a.span, b.span).declassify(), "different bytes are not equal")
        },
        Operation("isZero, bytes") {
            let zeros = Secret.bytes([UInt8](repeating: 0, count: 67))
            require(isZero(zeros.span).declassify(), "zeros are zero")
        },
        Operation("isLess, bytes") {
            let (a, b) = (Secret.bytes(bytes), Secret.bytes(changed(at: 66)))
            require(isLess(a.span, b.span).declassify(), "66 is less than 67")
        },
        Operation("replace, bytes") {
            var kept = Secret.bytes(bytes)
            let other = Secret.bytes(changed(at: 0))
            let choice = equal(Secret.value(UInt8(1)), 1)
            var span = kept.mutableSpan
            replace(&span, with: other.span, where: choice)
            Secret.release(kept)
            require(kept == changed(at: 0), "bytes are replaced")
        },
        Operation("equal, isZero, isLess, select: words of 8 bits") { words(UInt8.self) },
        Operation("equal, isZero, isLess, select: words of 16 bits") { words(UInt16.self) },
        Operation("equal, isZero, isLess, select: words of 32 bits") { words(UInt32.self) },
        Operation("equal, isZero, isLess, select: words of 64 bits") { words(UInt64.self) },
        Operation("equal, isZero, isLess, select: words of 128 bits") { words(UInt128.self) },
    ]

    static let choices = [
        Operation("choices: and, or, exclusive or, not") {
            let yes = isZero(Secret.value(UInt8(0)))
            let no = isZero(Secret.value(UInt8(1)))
            require(((yes & !no) | (no ^ no)).declassify(), "choices combine")
        },
        Operation("declassify, a number") {
            require(declassify(Secret.value(UInt32(1_234))) == 1_234, "a number is kept")
        },
    ]

    @inline(__always)
    private static func words<Word: FixedWidthInteger & UnsignedInteger>(_: Word.Type) {
        let (a, b) = (Secret.value(Word.max / 3), Secret.value(Word.max / 5))
        let isGreater = isLess(b, a)
        let smaller = select(b, a, where: isGreater)
        require(isGreater.declassify(), "a fifth is less than a third")
        require(equal(smaller, b).declassify(), "the smaller is chosen")
        require(!isZero(a).declassify(), "a third is not zero")
    }
}
