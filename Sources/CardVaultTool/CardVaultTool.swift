// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault
internal import SecretMemory

// The tool for the people who hold the keys. Each command parses, calls the library, and prints.

/// The root of the commands.
@main
struct RootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "card-vault",
        abstract: "Keep card numbers sealed and give out tokens instead.",
        discussion: """
            Exit codes: 0 done, 1 refused or not found, 2 usage, 3 cannot unlock, 4 storage, \
            5 integrity.
            """,
        version: CardVaultVersion.current,
        subcommands: [
            InitCommand.self, ScopeCommand.self, KeyCommand.self, PassphraseCommand.self,
            ImportCommand.self, FindCommand.self, ShowCommand.self, DetokenizeCommand.self,
            DeleteCommand.self, HoldCommand.self, AuditCommand.self, ResealCommand.self,
            InventoryCommand.self, ShredCommand.self, KeyringCommand.self, BackupCommand.self,
            RestoreCommand.self,
        ])

    /// Nothing is read, not even the arguments, before the process is hardened.
    static func main() async {
        Standard.prepare()
        do {
            try ProcessHardening.apply()
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Failure(error, of: self).exit()
        }
    }
}
