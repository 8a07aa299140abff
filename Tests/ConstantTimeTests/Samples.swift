// SPDX-License-Identifier: Apache-2.0
internal import TestSupport

/// The words at which carries and sign bits go wrong, and random ones.
func samples<Word: FixedWidthInteger & UnsignedInteger>(of type: Word.Type) -> [Word] {
    var random = SeededRandom(seed: UInt64(Word.bitWidth))
    let half: Word = 1 << (Word.bitWidth - 1)
    let edges: [Word] = [0, 1, 2, half - 1, half, half + 1, .max - 1, .max]
    return edges + (0..<120).map { _ in .random(in: .min ... .max, using: &random) }
}

/// Every pair of `words`.
func pairs<Word>(of words: [Word]) -> [(Word, Word)] {
    words.flatMap { a in words.map { b in (a, b) } }
}

/// All 65,536 pairs of bytes.
let bytePairs = pairs(of: Array(UInt8.min...UInt8.max))
