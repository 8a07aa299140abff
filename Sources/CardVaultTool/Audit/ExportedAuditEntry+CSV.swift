// SPDX-License-Identifier: Apache-2.0
internal import CardVault

extension ExportedAuditEntry {
    /// The names of the columns.
    static let csvHeader = "sequence,time,actor,action,outcome,purpose,origin,scope,asked,ids"

    /// The entry as a row of CSV (RFC 4180). What proves the entry is left out.
    var csv: String {
        let event = entry.event
        let (asked, ids) = event.subject.listed
        let fields = [
            String(entry.sequence), event.time.preciseISO8601, event.actor,
            event.action.rawValue, event.outcome.rawValue, event.purpose ?? "",
            event.origin ?? "", event.scope?.description ?? "", String(asked),
            ids.joined(separator: " "),
        ]
        return fields.map(Self.quoted).joined(separator: ",")
    }

    private static func quoted(_ field: String) -> String {
        guard needsQuotes(field.utf8.span) else { return field }
        return "\""
            + field.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}
