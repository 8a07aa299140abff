// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault

extension HoldCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the holds: ids, kinds and times, never what is held.")

        @OptionGroup var options: VaultOptions

        func run() async throws {
            let holds = try await options.openVault().holdList()
            let rows = holds.map { HoldRow($0, at: .now()) }
            guard !options.json else { return try Report.json(["holds": rows]) }
            Report.table(HoldRow.titles, rows.map(\.cells))
        }
    }
}

/// A hold in a listing.
struct HoldRow: Encodable {
    static let titles = ["HOLD", "SCOPE", "KIND", "CREATED", "AGE", "LEFT"]

    let id: String
    let scope: String
    let kind: String
    let created: String
    let expires: String
    let expired: Bool
    private let age: String
    private let left: String

    private enum CodingKeys: CodingKey {
        case id, scope, kind, created, expires, expired
    }

    init(_ hold: ListedHold, at now: Timestamp) {
        id = hold.id.description
        scope = hold.scope.description
        kind = hold.kind.description
        created = hold.created.iso8601
        expires = hold.expires.iso8601
        expired = hold.expires <= now
        age = Self.span(from: hold.created, to: now)
        left = expired ? "expired" : Self.span(from: now, to: hold.expires)
    }

    var cells: [String] { [id, scope, kind, created, age, left] }

    /// The whole days, hours, minutes or seconds between two moments, as many as are 2 or more.
    private static func span(from start: Timestamp, to end: Timestamp) -> String {
        let seconds = end < start ? 0 : (end.milliseconds - start.milliseconds) / 1000
        let units: [(UInt64, String)] = [(86_400, "d"), (3600, "h"), (60, "min")]
        for (length, name) in units where seconds >= 2 * length {
            return "\(seconds / length) \(name)"
        }
        return "\(seconds) s"
    }
}
