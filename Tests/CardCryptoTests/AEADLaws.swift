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

    /// Counts what is made of a box by altering it: all of it is refused, and rightly.
    static func refuse(
        _ alterations: ([UInt8]) -> Alterations.Made, of plaintext: [UInt8], by sealer: Sealer,
        _ tally: Tally
    ) throws {
        let binding = try Record().binding
        let box = sealer.seal(plaintext, binding)
        let altered = alterations(box)
        var tally = tally
        for (number, bytes) in altered.enumerated() {
            let refusal = sealer.refusal(of: bytes, as: binding)
            tally.count(refused: refusal == sealer.refusal(of: bytes, for: box), "\(number)")
        }
        try tally.report(of: altered.count)
    }

    /// Counts the neighbouring records to which a box is moved: as none of theirs it opens.
    static func refuseMoved(_ plaintext: [UInt8], by sealer: Sealer, _ tally: Tally) throws {
        let record = Record()
        let box = try sealer.seal(plaintext, record.binding)
        var tally = tally
        for neighbour in record.neighbours {
            let refusal = sealer.refusal(of: box, as: try neighbour.binding)
            tally.count(refused: refusal == .notAuthentic, "\(neighbour)")
        }
        try tally.report(of: 28 + RecordKind.allCases.count)
    }
}
