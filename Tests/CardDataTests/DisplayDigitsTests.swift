// SPDX-License-Identifier: Apache-2.0
internal import CardData
internal import TestSupport
internal import Testing

@Suite("Display digits") struct DisplayDigitsTests {
    private static let number = "1234567890123456789"

    private func display(_ count: Int, _ truncation: Truncation) throws -> DisplayDigits {
        try PAN(String(Self.number.prefix(count)), luhn: .ignored).display(truncation)
    }

    @Test(arguments: [
        (8, "******78"), (9, "******789"), (10, "*******890"), (11, "********901"),
        (12, "********9012"), (13, "123456***0123"), (14, "123456****1234"),
        (15, "123456*****2345"), (16, "123456******3456"), (17, "123456*******4567"),
        (18, "123456********5678"), (19, "123456*********6789"),
    ])
    func `keep the first six and the last four, less of short numbers`(
        count: Int, stored: String
    ) throws {
        #expect(try display(count, .firstSixLastFour).stored == stored)
    }

    @Test(arguments: 8...19)
    func `keep the first eight of 16 only`(count: Int) throws {
        let eight = try display(count, .firstEightLastFour)
        if count == 16 {
            #expect(eight.stored == "12345678****3456")
        } else {
            #expect(try eight == display(count, .firstSixLastFour))
        }
    }

    @Test(arguments: 8...19, Truncation.allCases)
    func `hide what the guard demands`(count: Int, truncation: Truncation) throws {
        let display = try display(count, truncation)
        let kept = display.leadingCount + display.trailingCount
        #expect(display.digitCount == count)
        #expect(display.trailingCount <= 4)
        #expect(count > 12 || kept * 3 <= count)
        #expect(count - kept >= (count == 13 ? 3 : 4))
        #expect(display.stored.filter { $0 == "*" }.count == count - kept)
    }

    @Test func `give their digits as values`() throws {
        let display = try PAN("0412340000000009", luhn: .ignored).display(.firstSixLastFour)
        #expect(display.leadingDigits == [0, 4, 1, 2, 3, 4])
        #expect(display.trailingDigits == [0, 0, 0, 9])
        #expect(display.stored == "041234******0009")
    }

    @Test func `print a bullet for each hidden digit`() throws {
        let display = try PAN("4111111111111111").display(.firstSixLastFour)
        #expect(display.description == "411111••••••1111")
    }

    @Test func `take eight bytes`() {
        #expect(MemoryLayout<DisplayDigits>.size == 8)
    }

    @Test(arguments: 8...19, Truncation.allCases)
    func `are read back from their stored form`(count: Int, truncation: Truncation) throws {
        var generator = SeededRandom(seed: 300 + UInt64(count))
        for _ in 0..<50 {
            let pan = try PAN(generator.digits(count), luhn: .ignored)
            let display = pan.display(truncation)
            #expect(try DisplayDigits(stored: display.stored.utf8.span) == display)
        }
    }

    /// Of 16 characters two forms are read; they differ in two places, so no single change leads
    /// from one to the other.
    @Test(arguments: 8...19, Truncation.allCases)
    func `refuse every one-character change of form`(count: Int, truncation: Truncation) throws {
        let stored = Array(try display(count, truncation).stored.utf8)
        var taken: [[UInt8]] = []
        for offset in stored.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = stored
                changed[offset] = byte
                if (try? DisplayDigits(stored: changed.span)) != nil { taken.append(changed) }
            }
        }
        // What is taken has another digit in the place of a digit, or is unchanged.
        let hidden = stored.filter { $0 == 0x2A }.count
        #expect(taken.count == (count - hidden) * 10 + hidden)
        #expect(taken.allSatisfy { $0.map { $0 == 0x2A } == stored.map { $0 == 0x2A } })
    }

    @Test(arguments: [
        ("x23456*****2345", 0), ("12345******2345", 5), ("1234567****2345", 6),
        ("123456****12345", 10), ("123456*****234*", 14), ("123456•••••2345", 6),
        ("1234567*****3456", 7), ("12345678***23456", 11),
    ])
    func `tell where the form ends`(_ stored: String, offset: Int) {
        let text = Array(stored.utf8.prefix(stored.count))
        #expect(throws: DisplayDigitsError.notTruncated(offset: offset)) {
            _ = try DisplayDigits(stored: text.span)
        }
    }

    @Test(arguments: 8...19) func `refuse a number that was never truncated`(count: Int) {
        let number = Array(Self.number.utf8.prefix(count))
        #expect(throws: DisplayDigitsError.self) { _ = try DisplayDigits(stored: number.span) }
    }

    @Test(arguments: [0, 7, 20]) func `refuse other lengths`(count: Int) {
        let text = [UInt8](repeating: 0x2A, count: count)
        #expect(throws: DisplayDigitsError.digitCount(count)) {
            _ = try DisplayDigits(stored: text.span)
        }
    }

    @Test(arguments: [
        (DisplayDigitsError.digitCount(7), "Display digits have 8 to 19 characters, not 7."),
        (.notTruncated(offset: 3), "No truncation has the character at offset 3."),
    ])
    func `explain a refusal in one sentence`(_ error: DisplayDigitsError, sentence: String) {
        #expect(error.description == sentence)
    }
}
