// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault

struct DeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Remove a card and its search rows.")

    @OptionGroup var options: VaultOptions
    @Argument(help: "The token.") var token: String

    func run() async throws {
        let token = try Token(token)
        try await options.openScope().delete(token)
        guard !options.json else { return try Report.json(["deleted": token.description]) }
        Report.line("Deleted \(token).")
    }
}
