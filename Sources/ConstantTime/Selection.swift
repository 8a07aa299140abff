// SPDX-License-Identifier: Apache-2.0

/// Returns `a` where `choice` is `yes`, else `b`.
///
/// - Complexity: Time depends on the width only; both values are read.
@inlinable
public func select<Word: FixedWidthInteger & UnsignedInteger>(
    _ a: Word, _ b: Word, where choice: Choice
) -> Word {
    let mask = 0 &- Word(truncatingIfNeeded: hidden(choice.bit))  // 0, or all ones
    return b ^ (mask & (a ^ b))
}

/// Replaces `bytes` by `other` where `choice` is `yes`, and writes them back unchanged elsewhere.
///
/// - Parameters:
///   - bytes: what is kept or replaced.
///   - other: as many bytes as `bytes`; anything else is a programming error.
///   - choice: whether to replace.
/// - Complexity: Time depends on the length only.
public func replace(
    _ bytes: inout MutableSpan<UInt8>, with other: Span<UInt8>, where choice: Choice
) {
    precondition(bytes.count == other.count, "replace: lengths differ")
    for i in other.indices { bytes[i] = select(other[i], bytes[i], where: choice) }
}
