// SPDX-License-Identifier: Apache-2.0
@testable internal import CardData
internal import SecretMemory
internal import TestSupport
internal import Testing

@Suite("Card batch") struct CardBatchTests {
    private func text(_ batch: borrowing CardBatch, at index: Int) -> String {
        batch.withDigits(at: index) { digits in
            String(decoding: digits.indices.map { digits[$0] }, as: UTF8.self)
        }
    }

    private func packed(_ number: String) throws -> [UInt8] {
        try PAN(number).withPacked { bytes in bytes.indices.map { bytes[$0] } }
    }

    @Test func `begins empty`() {
        let batch = CardBatch(capacity: 3)
        let (count, capacity) = (batch.count, batch.capacity)
        #expect((count, capacity) == (0, 3))
    }

    @Test func `keeps its rows in order, with a verdict each`() {
        var batch = CardBatch(capacity: 4)
        batch.append("4111 1111 1111 1111".utf8.span)
        batch.append("4111".utf8.span)
        batch.append("x".utf8.span)
        batch.append("378282246310005".utf8.span)
        let verdicts = (0..<4).map { batch.verdict(at: $0) }
        #expect(verdicts == [nil, .digitCount(4), .notADigit(offset: 0), nil])
        #expect(text(batch, at: 0) == "4111111111111111")
        #expect(text(batch, at: 3) == "378282246310005")
    }

    @Test func `tells what a PAN tells`() throws {
        var generator = SeededRandom(seed: 1)
        var batch = CardBatch(capacity: 120)
        for row in 0..<120 {
            let digits = generator.digits(8 + row % 12)
            let pan = try PAN(digits, luhn: .ignored)
            batch.append(digits.utf8.span, luhn: .ignored)
            #expect(text(batch, at: row) == digits)
            let (brand, panBrand) = (batch.brand(at: row), pan.brand)
            #expect(brand == panBrand)
            let (count, panCount) = (batch.digitCount(at: row), pan.digitCount)
            #expect(count == panCount)
            for truncation in Truncation.allCases {
                let (display, panDisplay) = (
                    batch.display(at: row, truncation), pan.display(truncation)
                )
                #expect(display == panDisplay)
            }
        }
    }

    @Test func `keeps expiry dates, of refused rows too`() throws {
        let date = try ExpiryDate("03/30")
        var batch = CardBatch(capacity: 3)
        batch.append("4111111111111111".utf8.span, expiry: date)
        batch.append("4111111111111112".utf8.span, expiry: date)
        batch.append("4111111111111112".utf8.span, luhn: .ignored)
        let dates = (0..<3).map { batch.expiry(at: $0) }
        #expect(dates == [date, date, nil])
    }

    @Test func `takes a PAN`() throws {
        let date = try ExpiryDate("03/30")
        var batch = CardBatch(capacity: 2)
        batch.append("1".utf8.span)
        batch.append(try PAN("4111111111111111"), expiry: date)
        let found = batch.expiry(at: 1)
        #expect(text(batch, at: 1) == "4111111111111111")
        #expect(found == date)
    }

    @Test func `lends the packed form of each row`() throws {
        var batch = CardBatch(capacity: 2)
        batch.append("4111111111111111".utf8.span)
        batch.append("378282246310005".utf8.span)
        let second = batch.withPacked(at: 1) { bytes in bytes.indices.map { bytes[$0] } }
        #expect(try second == packed("378282246310005"))
    }

    @Test func `keeps the place of a row that an outer layer refuses`() throws {
        let date = try ExpiryDate("03/30")
        var batch = CardBatch(capacity: 1)
        batch.appendRefusal(.notOpened, expiry: date)
        let (verdict, found) = (batch.verdict(at: 0), batch.expiry(at: 0))
        #expect(verdict == .notOpened)
        #expect(found == date)
    }

    @Test func `wipes all rows and keeps its capacity`() {
        var batch = CardBatch(capacity: 1)
        batch.append("4111111111111111".utf8.span)
        batch.removeAll()
        let (count, capacity) = (batch.count, batch.capacity)
        #expect((count, capacity) == (0, 1))
        #expect(firstRow(batch) == [UInt8](repeating: 0, count: 9))
    }

    /// The nine bytes of the first row.
    private func firstRow(_ batch: borrowing CardBatch) -> [UInt8] {
        batch.cell.withBytes { cell in (0..<9).map { cell[$0] } }
    }

    @Test func `stops on a negative capacity`() async {
        await #expect(processExitsWith: .failure) { _ = CardBatch(capacity: -1) }
    }

    @Test(arguments: ["4111111111111111", "x"])
    func `stops on an append to a full batch, be it of a number or of none`(
        text: String
    ) async {
        await #expect(processExitsWith: .failure) { [text] in
            var batch = CardBatch(capacity: 0)
            batch.append(text.utf8.span)
        }
    }

    @Test func `stops on a row that is not there`() async {
        await #expect(processExitsWith: .failure) {
            let batch = CardBatch(capacity: 1)
            _ = batch.verdict(at: 0)
        }
    }

    @Test func `stops on the digits of a refused row`() async {
        await #expect(processExitsWith: .failure) {
            var batch = CardBatch(capacity: 1)
            batch.append("x".utf8.span)
            _ = batch.digitCount(at: 0)
        }
    }
}
