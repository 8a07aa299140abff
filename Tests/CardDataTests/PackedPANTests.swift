// SPDX-License-Identifier: Apache-2.0
internal import CardData
internal import TestSupport
internal import Testing

@Suite("Packed PAN") struct PackedPANTests {
    private struct Failure: Error, Equatable {}

    private func packed(_ pan: borrowing PAN) -> [UInt8] {
        pan.withPacked { bytes in bytes.indices.map { bytes[$0] } }
    }

    @Test func `is the digit count and the value, big-endian`() throws {
        #expect(hex(packed(try PAN("4111111111111111"))) == "10000e9b08a568f1c7")
        #expect(hex(packed(try PAN("00000000"))) == "080000000000000000")
    }

    @Test(arguments: 8...19)
    func `opens to the digits that were packed`(count: Int) throws {
        var generator = SeededRandom(seed: 200 + UInt64(count))
        for _ in 0..<200 {
            let digits = generator.digits(count)
            let bytes = packed(try PAN(digits, luhn: .ignored))
            #expect(bytes.count == PAN.packedByteCount)
            #expect(text(try PAN(packed: bytes.span)) == digits)
        }
    }

    @Test(arguments: 8...19)
    func `ends at the greatest value of its digit count`(count: Int) throws {
        let digits = String(repeating: "9", count: count)
        var bytes = packed(try PAN(digits, luhn: .ignored))
        #expect(text(try PAN(packed: bytes.span)) == digits)
        for i in bytes.indices.reversed() {  // one more, with carry
            bytes[i] &+= 1
            if bytes[i] != 0 { break }
        }
        #expect(throws: PANError.notPacked) { _ = try PAN(packed: bytes.span) }
    }

    @Test func `refuses the greatest integer`() {
        let bytes: [UInt8] = [19] + [UInt8](repeating: 0xFF, count: 8)
        #expect(throws: PANError.notPacked) { _ = try PAN(packed: bytes.span) }
    }

    @Test(arguments: Array(UInt8.min...UInt8.max))
    func `refuses every count outside 8 to 19`(count: UInt8) {
        let bytes = [count] + [UInt8](repeating: 0, count: 8)
        let isTaken = (try? PAN(packed: bytes.span)) != nil
        #expect(isTaken == (8...19).contains(count))
    }

    @Test(arguments: [0, 1, 8, 10])
    func `refuses other than nine bytes`(count: Int) {
        let bytes = [UInt8](repeating: 8, count: count)
        #expect(throws: PANError.notPacked) { _ = try PAN(packed: bytes.span) }
    }

    @Test func `opens a number without asking Luhn`() throws {
        let bytes = packed(try PAN("4111111111111112", luhn: .ignored))
        #expect(text(try PAN(packed: bytes.span)) == "4111111111111112")
    }

    @Test func `is opened straight into the cell`() throws {
        let bytes = packed(try PAN("4111111111111111"))
        let pan = PAN.opened { cell in for i in bytes.indices { cell[i] = bytes[i] } }
        let digits = if let pan { text(pan) } else { "" }
        #expect(digits == "4111111111111111")
    }

    @Test func `is no number where nothing was opened`() {
        let isOpened = PAN.opened { _ in } != nil
        #expect(!isOpened)
    }

    @Test func `passes on why it could not be opened`() {
        #expect(throws: Failure()) {
            _ = try PAN.opened { _ throws(Failure) in throw Failure() }
        }
    }
}
