// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault
internal import CardVaultSQLite

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the place of the store, once every byte of it is checked.",
        discussion: "The keyring stays. Every server must open the store anew.")

    @OptionGroup var options: VaultOptions
    @OptionGroup var confirmation: Confirmation
    @Argument(help: "The folder of the backup.") var folder: String
    @Option(help: "A file for the present store, on the same disk (default: it is not kept).")
    var keepOld: String?

    func validate() throws {
        guard !folder.isEmpty, keepOld != "" else { throw ValidationError("A file needs a name.") }
    }

    func run() async throws {
        let keyring = try options.unlockKeyring()
        let isLost = try !FileName.exists(options.store)
        let store =
            isLost
            ? try SQLiteStore.create(path: options.store) : try SQLiteStore(path: options.store)
        let plan = try await Vault.planRestore(of: folder, with: keyring, over: store)
        warn(of: plan)
        if !isLost { try confirmation.require() }
        try await Vault.restore(
            plan, with: keyring, over: store, through: options.store + ".restore",
            keepingOldAs: isLost ? nil : keepOld, as: Operator.current.actor,
            from: Operator.current.origin, logger: VaultOptions.silence)
        let report = Restored(plan)
        guard !options.json else { return try Report.json(report) }
        Report.line("Restored the store of \(report.created), cards: \(report.cards).")
        Report.line("Run 'card-vault reseal' to seal them under new keys.")
    }

    /// Says what a person must know before.
    private func warn(of plan: RestorePlan) {
        let counts = plan.manifest.counts
        var lines = [
            "The backup of \(plan.manifest.record.created.iso8601) has cards: \(counts.cards).",
            "Holds are not put back: some were redeemed since.",
        ]
        if plan.lostCardCount > 0 {
            lines.append("Cards of the present store that will be lost: \(plan.lostCardCount).")
        }
        lines += plan.deadScopes.map { "Nobody can open the cards of the scope \($0) any more." }
        for line in lines { Standard.error.write(line + "\n") }
    }

    private struct Restored: Encodable {
        let id: String
        let created: String
        let cards: Int
        let lostCards: Int
        let deadScopes: [String]

        init(_ plan: RestorePlan) {
            id = plan.manifest.record.name
            created = plan.manifest.record.created.iso8601
            cards = plan.manifest.counts.cards
            lostCards = plan.lostCardCount
            deadScopes = plan.deadScopes.map(\.description)
        }
    }
}
