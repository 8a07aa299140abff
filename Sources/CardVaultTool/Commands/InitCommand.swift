// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardCrypto
internal import CardVault
internal import CardVaultSQLite
internal import SecretMemory

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a new vault: a keyring file and a store.")

    @OptionGroup var options: VaultOptions
    @Option(help: "How many leading digits of a 16-digit card number the store shows: 6 or 8.")
    var bin = 6

    func validate() throws {
        guard bin == 6 || bin == 8 else { throw ValidationError("--bin is 6 or 8.") }
        guard ScopeID(options.scope) != nil else { throw ScopeCommand.badName }
    }

    func run() async throws {
        guard let scope = ScopeID(options.scope) else { throw ScopeCommand.badName }
        // Looked at first: nobody types a passphrase in vain, and no empty store is left behind.
        guard try !FileName.exists(options.keyring) else { throw KeyringError.exists }
        try FileName.syncFolder(of: options.keyring)
        let cost = Argon2id.standard
        let draft = try KeyringFile.draft(
            at: options.keyring, passphrase: try options.newPassphrase(), scope: scope,
            binDigitCount: bin, cost: cost, locking: options.locking)
        try await Vault.initialize(
            draft, store: try SQLiteStore.create(path: options.store),
            as: Operator.current.actor, from: Operator.current.origin)
        options.report(isLocked: draft.slab.isLocked)
        let report = Made(
            vault: draft.current().vault.description, keyring: options.keyring,
            store: options.store, scope: scope.description,
            argon2id: .init(memoryMiB: cost.memory / 1024, passes: cost.passes))
        guard !options.json else { return try Report.json(report) }
        Report.line("Made vault \(report.vault) with the scope \(report.scope).")
        Report.line("Keyring file: \(report.keyring). Store: \(report.store). Back them up apart.")
        Report.line(
            "The passphrase goes through Argon2id with \(report.argon2id.memoryMiB) MiB "
                + "and \(report.argon2id.passes) passes.")
    }

    private struct Made: Encodable {
        struct Cost: Encodable {
            let memoryMiB: Int
            let passes: Int
        }

        let vault: String
        let keyring: String
        let store: String
        let scope: String
        let argon2id: Cost
    }
}
