// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import TestSupport
internal import Testing

/// What holds for every key that seals boxes, whatever its suite and engine.
///
/// Each law gives what broke it, so that a failure names the size, the bit or the byte.
enum AEADLaws {
    /// The sizes of `counts` that do not come back as they were sealed.
    static func lost(_ counts: some Sequence<Int>, by sealer: Sealer) throws -> [Int] {
        let binding = try Record().binding
        var random = SeededRandom(seed: 1)
        return try counts.filter { count in
            let plaintext = random.bytes(count: count)
            let box = sealer.seal(plaintext, binding)
            let opened = try sealer.open(box, binding)
            return box.count != count + StoredBox.overhead || opened != plaintext
        }
    }

    /// The bits of a box that may be altered without the right refusal.
    static func alterable(in plaintext: [UInt8], by sealer: Sealer) throws -> [Int] {
        let binding = try Record().binding
        let box = sealer.seal(plaintext, binding)
        return (0..<box.count * 8).filter { bit in
            var altered = box
            altered[bit / 8] ^= 1 << (bit % 8)
            let expected = bit < 8 ? OpenError.wrongSuite(altered[0]) : .notAuthentic
            return sealer.refusal(of: altered, as: binding) != expected
        }
    }

    /// The lengths to which a box may be cut without the right refusal.
    static func cuttable(in plaintext: [UInt8], by sealer: Sealer) throws -> [Int] {
        let binding = try Record().binding
        let box = sealer.seal(plaintext, binding)
        return (0..<box.count).filter { count in
            let expected: OpenError =
                count < StoredBox.overhead ? .wrongSize(count: count) : .notAuthentic
            return sealer.refusal(of: Array(box.prefix(count)), as: binding) != expected
        }
    }

    /// How many bytes may be put after a box without a refusal, of 1 to 64.
    static func appendable(to plaintext: [UInt8], by sealer: Sealer) throws -> [Int] {
        let binding = try Record().binding
        let box = sealer.seal(plaintext, binding)
        var random = SeededRandom(seed: 2)
        return (1...64).filter { count in
            let longer = box + random.bytes(count: count)
            return sealer.refusal(of: longer, as: binding) != .notAuthentic
        }
    }

    /// The neighbouring records to which a box may be moved without a refusal.
    static func movable(_ plaintext: [UInt8], by sealer: Sealer) throws -> [Record] {
        let record = Record()
        let box = try sealer.seal(plaintext, record.binding)
        return try record.neighbours.filter { neighbour in
            try sealer.refusal(of: box, as: neighbour.binding) != .notAuthentic
        }
    }
}
