// SPDX-License-Identifier: Apache-2.0

/// Integers as bytes, the most significant first: the order of every format here.
package enum BigEndian {
    /// Appends the 8 bytes of a word.
    package static func append(_ word: UInt64, to bytes: inout [UInt8]) {
        append(UInt32(truncatingIfNeeded: word &>> 32), to: &bytes)
        append(UInt32(truncatingIfNeeded: word), to: &bytes)
    }

    /// Appends the 4 bytes of a word.
    package static func append(_ word: UInt32, to bytes: inout [UInt8]) {
        bytes.append(UInt8(truncatingIfNeeded: word &>> 24))
        bytes.append(UInt8(truncatingIfNeeded: word &>> 16))
        bytes.append(UInt8(truncatingIfNeeded: word &>> 8))
        bytes.append(UInt8(truncatingIfNeeded: word))
    }

    /// The word whose 8 bytes begin at `offset`.
    package static func word(_ bytes: Span<UInt8>, at offset: Int) -> UInt64 {
        var word: UInt64 = 0
        for i in offset..<(offset + 8) { word = word &<< 8 | UInt64(bytes[i]) }
        return word
    }
}
