// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardCrypto
internal import CardVault

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the store into a new folder while the vault is in use.",
        discussion: "The keyring is not in it: see 'card-vault keyring export'.")

    @OptionGroup var options: VaultOptions
    @Argument(help: "The folder to make.") var folder: String

    func validate() throws {
        guard !folder.isEmpty else { throw ValidationError("A folder needs a name.") }
    }

    func run() async throws {
        let vault = try await options.openVault()
        guard try !FileName.exists(folder) else { throw ToolError.copyExists(folder) }
        let report = BackupReport(try await vault.backUp(to: folder))
        if options.json {
            try Report.json(report)
        } else {
            Report.line(
                "Copied the store to \(folder): cards: \(report.cards), holds: \(report.holds), "
                    + "audit entries: \(report.auditEntries).")
            Report.line("The copy is registered as \(report.id).")
        }
        try await vault.requireWholeScopes()
    }
}

/// A backup as its manifest describes it.
struct BackupReport: Encodable {
    let id: String
    let created: String
    let cards: Int
    let holds: Int
    let auditEntries: Int
    let bytes: Int
    /// Of the copy of the store.
    let sha256: String
    /// Those of the keyring without which the copy is not whole.
    let keys: [String]

    init(_ manifest: BackupManifest) {
        id = manifest.record.name
        created = manifest.record.created.iso8601
        cards = manifest.counts.cards
        holds = manifest.counts.holds
        auditEntries = manifest.counts.auditEntries
        bytes = manifest.byteCount
        sha256 = manifest.checksum.description
        keys = manifest.record.keys.map(\.description)
    }
}
