// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import TestSupport
internal import Testing

@Suite("Tally of alterations") struct TallyTests {
    private static let subject = "what is altered"

    /// A sealer that puts a byte after its boxes, which it does not authenticate.
    private static func careless() throws -> Sealer {
        let sealer = try SealingPath.all[0].sealer()
        return Sealer(suite: sealer.suite) { plaintext, binding in
            sealer.seal(plaintext, binding) + [0]
        } open: { box, binding throws(OpenError) in
            try sealer.open(box.dropLast(), binding)
        }
    }

    @Test func `shows the bits that nobody authenticates`() throws {
        let sealer = try Self.careless()
        let missed = #expect(throws: Tally.Missed.self) {
            try AEADLaws.refuse(
                Alterations.flips, of: samplePlaintext, by: sealer, Tally(Self.subject))
        }
        let bits = (400..<408).map(String.init).joined(separator: ", ")
        #expect(
            missed?.description
                == "refused: 400 of 408  what is altered, of 408; not refused: \(bits)")
    }

    @Test func `shows an alteration that alters nothing`() throws {
        let sealer = try SealingPath.all[0].sealer()
        #expect(throws: Tally.Missed.self) {
            try AEADLaws.refuse(
                { box in (0..<1).lazy.map { _ in box } }, of: samplePlaintext, by: sealer,
                Tally(Self.subject))
        }
    }

    @Test(arguments: [0, 2, 4]) func `shows that there were others to try`(count: Int) {
        var tally = Tally(Self.subject)
        for _ in 0..<3 { tally.count(refused: true) }
        #expect(throws: Tally.Missed.self) { try tally.report(of: count) }
    }

    @Test func `shows that nothing was tried`() {
        #expect(throws: Tally.Missed.self) { try Tally(Self.subject).report(of: 0) }
    }
}
