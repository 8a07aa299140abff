// SPDX-License-Identifier: Apache-2.0

/// Whether `a` comes before `b` when bytes are compared from the first to the last.
///
/// A run that is a prefix of the other comes first, as with words in a dictionary.
///
/// - Parameters:
///   - a: any number of bytes, secret or public.
///   - b: any number of bytes, secret or public.
/// - Returns: `yes` when `a` is less than `b`. Lengths are public.
/// - Complexity: Time depends on the lengths only; every common byte is read.
public func isLess(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Choice {
    let shared = min(a.count, b.count)
    var less = Choice.no
    var same = Choice.yes
    for i in 0..<shared {
        less = less | (same & isLess(a[i], b[i]))
        same = same & equal(a[i], b[i])
    }
    let shorter: Choice = a.count < b.count ? .yes : .no  // lengths are public
    return less | (same & shorter)
}

/// Whether `a` is less than `b`.
///
/// - Complexity: Time depends on the width only.
@inlinable
public func isLess<Word: FixedWidthInteger & UnsignedInteger>(_ a: Word, _ b: Word) -> Choice {
    // The borrow of `a - b`, without asking for it: Hacker's Delight, 2-13.
    let borrow = (~a & b) | ((~a | b) & (a &- b))
    let top = borrow &>> Word(Word.bitWidth &- 1)
    return Choice(bit: hidden(UInt8(truncatingIfNeeded: top)))
}
