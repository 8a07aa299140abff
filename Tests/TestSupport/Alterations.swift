// SPDX-License-Identifier: Apache-2.0

/// The ways in which everything that is authenticated is altered.
public enum Alterations {
    /// Bytes made from an original, one after the other.
    public typealias Made = LazyMapSequence<Range<Int>, [UInt8]>

    /// Each with one other bit.
    public static func flips(of bytes: [UInt8]) -> Made {
        (0..<8 * bytes.count).lazy.map { bit in
            var altered = bytes
            altered[bit / 8] ^= 1 << UInt8(bit % 8)
            return altered
        }
    }

    /// Every beginning, from none of the bytes to all but the last.
    public static func cuts(of bytes: [UInt8]) -> Made {
        (0..<bytes.count).lazy.map { Array(bytes.prefix($0)) }
    }

    /// With 1 to 64 bytes of `tail` after them.
    public static func tails(of bytes: [UInt8], _ tail: [UInt8]) -> Made {
        (1..<65).lazy.map { bytes + tail.prefix($0) }
    }

    /// With 1 to 64 random bytes after them.
    public static func tails(of bytes: [UInt8]) -> Made {
        var random = SeededRandom(seed: 64)
        return tails(of: bytes, random.bytes(count: 64))
    }

    /// All of these.
    public static func all(of bytes: [UInt8]) -> [[UInt8]] {
        [flips(of: bytes), cuts(of: bytes), tails(of: bytes)].flatMap { $0 }
    }

    /// How many ``all(of:)`` gives for so many bytes.
    public static func count(of byteCount: Int) -> Int { 9 * byteCount + 64 }
}
