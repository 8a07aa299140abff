// SPDX-License-Identifier: Apache-2.0
internal import CardKeys

/// When something that is to live for a while ends.
enum Lifetime {
    /// The longest time that a hold may live: seven days, for a terminal that is offline.
    static let holdLimit = Duration.seconds(7 * 24 * 60 * 60)

    /// The moment `duration` after `moment`; nil unless that is at least a millisecond later, at
    /// most `limit` later, and a moment.
    static func end(
        of duration: Duration, from moment: Timestamp, limit: Duration? = nil
    ) -> Timestamp? {
        guard duration >= .milliseconds(1), duration <= limit ?? duration,
            let milliseconds = UInt64(exactly: (duration / .milliseconds(1)).rounded(.down))
        else { return nil }
        let (end, overflows) = moment.milliseconds.addingReportingOverflow(milliseconds)
        return overflows ? nil : Timestamp(milliseconds: end)
    }
}
