// SPDX-License-Identifier: Apache-2.0

/// Whether two runs of bytes are the same.
///
/// - Parameters:
///   - a: any number of bytes, secret or public.
///   - b: any number of bytes, secret or public.
/// - Returns: `yes` when the lengths and all bytes agree. Lengths are public.
/// - Complexity: Time depends on the lengths only.
public func equal(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Choice {
    guard a.count == b.count else { return .no }  // lengths are public
    var difference: UInt8 = 0
    for i in a.indices { difference |= a[i] ^ b[i] }
    return isZero(difference)
}

/// Whether two integers are the same.
///
/// - Complexity: Time depends on the width only.
@inlinable
public func equal<Word: FixedWidthInteger & UnsignedInteger>(_ a: Word, _ b: Word) -> Choice {
    isZero(a ^ b)
}

/// Whether every byte is zero; `yes` for no bytes at all.
///
/// - Complexity: Time depends on the length only.
public func isZero(_ bytes: Span<UInt8>) -> Choice {
    var union: UInt8 = 0
    for i in bytes.indices { union |= bytes[i] }
    return isZero(union)
}

/// Whether an integer is zero.
///
/// - Complexity: Time depends on the width only.
@inlinable
public func isZero<Word: FixedWidthInteger & UnsignedInteger>(_ word: Word) -> Choice {
    // `word | -word` has its top bit set for every word but zero.
    let top = (word | (0 &- word)) &>> Word(Word.bitWidth &- 1)
    return Choice(bit: hidden(UInt8(truncatingIfNeeded: top) ^ 1))
}
