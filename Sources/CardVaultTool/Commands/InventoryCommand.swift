// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardCrypto
internal import CardVault

struct InventoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inventory",
        abstract: "List every key: its state, its days left, and how much needs it.",
        discussion: "Counted, not remembered. '!' marks a key that is past a period.")

    @OptionGroup var options: VaultOptions

    func run() async throws {
        let vault = try await options.openVault()
        let rows = try await vault.inventory().map { InventoryRow($0, at: .now()) }
        if options.json {
            try Report.json(["keys": rows])
        } else {
            Report.table(InventoryRow.titles, rows.map(\.cells))
        }
        try await vault.requireWholeScopes()
    }
}

/// A key in an inventory.
struct InventoryRow: Encodable {
    static let titles = [
        "KEY", "KCV", "PURPOSE", "SCOPE", "STATE", "FENCE", "AGE", "SEALS", "OPENS", "NEEDED BY",
    ]

    let id: String
    let purpose: String
    let scope: Nullable<String>
    let state: String
    let fence: Nullable<String>
    let kcv: Nullable<String>
    let created: String
    /// Whole days since the key was made.
    let age: Int
    /// Whole days, none of them begun; below zero, those that the period is over by.
    let originatorDaysLeft: Nullable<Int>
    let recipientDaysLeft: Nullable<Int>
    let records: Int
    let fingerprints: Int
    let holds: Int
    let wrappedKeys: Int
    let auditEntries: Int
    let sealsRows: Bool
    private let needs: String

    private enum CodingKeys: CodingKey {
        case id, purpose, scope, state, fence, kcv, created, age
        case originatorDaysLeft, recipientDaysLeft
        case records, fingerprints, holds, wrappedKeys, auditEntries, sealsRows
    }

    init(_ key: KeyInventory, at now: Timestamp) {
        let described = key.listed.key
        let isGone = described.state == .destroyed
        id = described.id.description
        purpose = described.purpose.description
        scope = Nullable(described.scope?.description)
        state = described.state.description
        fence = Nullable(key.listed.fence?.rawValue)
        kcv = Nullable(key.listed.checkValue?.description)
        created = described.dates.created.iso8601
        age = Self.days(from: described.dates.created, to: now)
        originatorDaysLeft = Nullable(
            isGone ? nil : key.originatorEnd.map { Self.days(from: now, to: $0) })
        recipientDaysLeft = Nullable(
            isGone ? nil : key.recipientEnd.map { Self.days(from: now, to: $0) })
        records = key.needs.recordCount
        fingerprints = key.needs.fingerprintCount
        holds = key.needs.holdCount
        wrappedKeys = key.needs.wrappedKeyCount
        auditEntries = key.needs.auditEntryCount
        sealsRows = key.needs.sealsRows
        needs = key.needs.description
    }

    var cells: [String] {
        [
            String(id.prefix(16)), kcv.value ?? "-", purpose, scope.value ?? "-", state,
            fence.value ?? "-", "\(age) d", Self.left(originatorDaysLeft.value),
            Self.left(recipientDaysLeft.value), needs,
        ]
    }

    private static func left(_ days: Int?) -> String {
        guard let days else { return "-" }
        return days < 0 ? "! \(-days) d over" : "\(days) d"
    }

    /// Whole days between two moments, rounded down.
    private static func days(from start: Timestamp, to end: Timestamp) -> Int {
        let day = 86_400_000
        let span = Int(end.milliseconds) - Int(start.milliseconds)
        return span / day - (span % day < 0 ? 1 : 0)
    }
}
