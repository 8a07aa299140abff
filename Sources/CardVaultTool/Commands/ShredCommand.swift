// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardCrypto
internal import CardVault

struct ShredCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shred",
        abstract:
            "Destroy the keys of a scope, and with them its cards in every copy of the store.",
        discussion: "Of a shredded scope, says which copies of the keyring still have its key.")

    @OptionGroup var options: VaultOptions
    @Argument(help: "The scope.") var shredded: String
    @Option(help: "The scope once more, instead of typing it: for jobs.") var confirm: String?

    func validate() throws {
        guard ScopeID(shredded) != nil else { throw ScopeCommand.badName }
        guard options.givenScope == nil else {
            throw ValidationError("The scope is an argument here: --scope is not taken.")
        }
    }

    func run() async throws {
        guard let scope = ScopeID(shredded) else { throw ScopeCommand.badName }
        let vault = try await options.openVault()
        let known = vault.scopeList.first { $0.id == scope }
        if known?.shreddedAt == nil {
            // An unknown scope is refused by the library, on record, before anybody types it.
            if known != nil { try requireConfirmation(of: scope) }
            try await vault.shred(scope)
        }
        try ShredReport(scope, vault.pendingCopies(of: scope)).print(json: options.json)
    }

    private func requireConfirmation(of scope: ScopeID) throws(ToolError) {
        Standard.error.write(
            "Every card, search row and hold of the scope \(scope) will be dead. "
                + "There is no way back.\n")
        guard let confirm else {
            return try Confirmation.ask(for: scope.description, orGive: "--confirm \(scope)")
        }
        guard confirm == scope.description else { throw .notConfirmed }
    }
}

private struct ShredReport: Encodable {
    let scope: String
    let pending: Int
    let copies: [CopyReport]

    init(_ scope: ScopeID, _ copies: [KeyringCopy]) {
        self.scope = scope.description
        self.copies = copies.map(CopyReport.init)
        pending = copies.count
    }

    func print(json: Bool) throws {
        guard !json else { return try Report.json(self) }
        Report.line("The scope \(scope) is shredded.")
        guard pending > 0 else { return }
        Report.line("pending: \(pending) keyring \(pending == 1 ? "copy" : "copies")")
        for copy in copies { Report.line("  \(copy.id) of \(copy.created)") }
        Standard.error.write(
            "Destroy them, and confirm each with 'card-vault keyring copies destroyed ID'.\n")
    }
}
