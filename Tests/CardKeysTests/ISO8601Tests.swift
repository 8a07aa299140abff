// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
internal import Foundation
internal import TestSupport
internal import Testing

@Suite("Timestamp as ISO 8601") struct ISO8601Tests {
    /// The text to the millisecond, by the calendar of Howard Hinnant, "chrono-compatible low-level
    /// date algorithms" (days_from_civil), and not by the one under test.
    static func text(_ milliseconds: UInt64) -> String {
        let (days, rest) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        let z = days + 719_468
        let era = z / 146_097
        let day = z - era * 146_097
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let part = (5 * dayOfYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        let (date, clock) = (dayOfYear - (153 * part + 2) / 5 + 1, rest / 1_000)
        return pad(year + era * 400 + (month <= 2 ? 1 : 0), 4) + "-" + pad(month) + "-" + pad(date)
            + "T" + pad(clock / 3_600) + ":" + pad(clock / 60 % 60) + ":" + pad(clock % 60)
            + "." + pad(rest % 1_000, 3) + "Z"
    }

    private static func pad(_ number: UInt64, _ count: Int = 2) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }

    /// Moments of every year up to 9999, the ends of days and years among them.
    static let moments: [UInt64] = {
        var random = SeededRandom(seed: 12)
        let end: UInt64 = 253_402_300_800_000  // the year 10000
        var moments = (0..<3_000).map { _ in UInt64.random(in: 0..<end, using: &random) }
        moments += (0..<1_000).map { 1_800_000_000_000 + UInt64($0) }
        for day in stride(from: 86_400_000, to: end, by: 86_400_000 * 97) {
            moments += [day - 1, day, day + 1]
        }
        return moments + [0, 1, 999, 1_000, end - 1, 951_782_399_999, 951_782_400_000]
    }()

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
            (999, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"),
            (1_795_420_800_123, "2026-11-23T08:00:00Z", "2026-11-23T08:00:00.123Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999Z"),
        ] as [(UInt64, String, String)])
    func `prints moments`(milliseconds: UInt64, seconds: String, precise: String) throws {
        let moment = try timestamp(milliseconds)
        #expect(moment.iso8601 == seconds)
        #expect(moment.preciseISO8601 == precise)
    }

    @Test func `prints every millisecond`() throws {
        var wrong: [UInt64] = []
        for moment in Self.moments
        where try timestamp(moment).preciseISO8601 != Self.text(moment) { wrong.append(moment) }
        #expect(wrong.isEmpty)
    }

    @Test func `prints the second that a moment is in`() throws {
        var wrong: [UInt64] = []
        for moment in Self.moments
        where try timestamp(moment).iso8601 != Self.text(moment).dropLast(5) + "Z" {
            wrong.append(moment)
        }
        #expect(wrong.isEmpty)
    }

    @Test func `reads what it prints`() throws {
        var wrong: [UInt64] = []
        for moment in Self.moments {
            let second = try timestamp(moment / 1_000 * 1_000)
            if Timestamp(iso8601: second.iso8601) != second { wrong.append(moment) }
        }
        #expect(wrong.isEmpty)
    }

    @Test func `reads a day as its first moment`() throws {
        #expect(try Timestamp(iso8601: "2026-11-23") == timestamp(1_795_392_000_000))
        #expect(try Timestamp(iso8601: "2000-02-29") == timestamp(951_782_400_000))
        #expect(try Timestamp(iso8601: "1970-01-01") == timestamp(0))
    }

    @Test(arguments: [
        "", "2026", "2026-11", "2026-11-2", "2026-11-233", "20261123", "2026-13-01", "2026-00-01",
        "2026-02-30", "2026-11-00", "2026-11-31", "2025-02-29", "1969-12-31", "26-11-2300",
        "2026-11-23 ", " 2026-11-23", "2026/11/23", "２026-11-23", "2026-W47-1",
        "2026-11-23T08:00:00", "2026-11-23T08:00Z", "2026-11-23T08:00:00.5Z",
        "2026-11-23T08:00:00.000Z", "2026-11-23T08:00:00+01:00", "2026-11-23T08:00:00+0000",
        "2026-11-23T24:00:00Z", "2026-11-23T08:60:00Z", "2026-11-23T08:00:60Z",
        "2026-11-23 08:00:00Z", "2026-11-23t08:00:00z", "2026-11-23T08:00:00ZZ",
        "2026-11-23T08:00:00Z ", " 2026-11-23T08:00:00Z", "2026-11-23T8:00:00Z",
        "2026-11-23T08:00:00Z\0", "-2026-11-23T08:00:00Z", "1969-12-31T23:59:59Z",
        "10000-01-01T00:00:00Z", "now",
    ])
    func `reads nothing else`(_ text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }
}
