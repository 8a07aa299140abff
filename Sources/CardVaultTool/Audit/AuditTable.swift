// SPDX-License-Identifier: Apache-2.0
internal import CardVault

/// Entries of the audit log for people.
enum AuditTable {
    static let titles = [
        "SEQUENCE", "TIME", "ACTOR", "ACTION", "OUTCOME", "SCOPE", "PURPOSE", "ORIGIN", "SUBJECT",
    ]

    /// The cells of an entry.
    static func row(_ entry: AuditEntry) -> [String] {
        let event = entry.event
        return [
            String(entry.sequence), event.time.iso8601, event.actor, event.action.rawValue,
            event.outcome.rawValue, event.scope?.description ?? "-", event.purpose ?? "-",
            event.origin ?? "-", subject(event.subject),
        ]
    }

    /// The first id and how many more there are; where none was found, how many were asked for.
    static func subject(_ subject: AuditSubject) -> String {
        let (asked, ids) = subject.listed
        guard let first = ids.first else { return asked == 0 ? "-" : "\(asked) asked" }
        return ids.count == 1 ? first : "\(first) and \(ids.count - 1) more"
    }
}
