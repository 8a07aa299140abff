// SPDX-License-Identifier: Apache-2.0

/// Moments as people and other systems write them (ISO 8601, UTC).
extension Timestamp {
    /// The moment to the second, such as `2026-11-23T08:00:00Z`.
    public var iso8601: String { "\(date)T\(clock)Z" }

    /// The moment to the millisecond, such as `2026-11-23T08:00:00.000Z`.
    public var preciseISO8601: String {
        "\(date)T\(clock).\(Self.pad(milliseconds % 1_000, to: 3))Z"
    }

    /// Reads `2026-11-23` (its first moment) or `2026-11-23T08:00:00Z`; nil for anything else.
    public init?(iso8601 text: String) {
        let runs = text.utf8.split { !(0x30...0x39).contains($0) }
        let fields = runs.compactMap { UInt64(String(decoding: $0, as: UTF8.self)) }
        guard fields.count == 3 || fields.count == 6, fields.allSatisfy({ $0 <= 9_999 }),
            fields[0] >= 1970, (1...12).contains(fields[1]), fields[2] >= 1
        else { return nil }
        let time = fields.count == 6 ? fields[3...] : [0, 0, 0]
        let seconds = time.reduce(0) { $0 * 60 + $1 }
        let days = Self.days(year: fields[0], month: fields[1], day: fields[2])
        self.init(milliseconds: (days * 86_400 + seconds) * 1_000)
        // One text for each moment: February 30, 24 o'clock and other layouts are none.
        guard text.utf8.elementsEqual((fields.count == 6 ? iso8601 : date).utf8) else { return nil }
    }

    /// Years begin in March, so that the day that comes and goes is their last; 400 of them have
    /// 146,097 days, and the first here began on day -719,468.
    ///
    /// Source: Howard Hinnant, "chrono-compatible low-level date algorithms".
    private static func days(year: UInt64, month: UInt64, day: UInt64) -> UInt64 {
        let year = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return 365 * year + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }

    private var date: String {
        let day = milliseconds / 86_400_000 + 719_468
        let (era, dayOfEra) = day.quotientAndRemainder(dividingBy: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * dayOfYear + 2) / 153
        let month = (part + 2) % 12 + 1
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        let dayOfMonth = dayOfYear - (153 * part + 2) / 5 + 1
        return [Self.pad(year, to: 4), Self.pad(month), Self.pad(dayOfMonth)].joined(separator: "-")
    }

    private var clock: String {
        let seconds = milliseconds / 1_000 % 86_400
        return [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { Self.pad($0) }
            .joined(separator: ":")
    }

    private static func pad(_ number: UInt64, to count: Int = 2) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
