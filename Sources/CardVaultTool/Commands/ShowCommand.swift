// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what may be shown of a card, once it is verified.")

    @OptionGroup var options: VaultOptions
    @Argument(help: "The token.") var token: String

    func run() async throws {
        let token = try Token(token)
        try CardReport(try await options.openScope().describe(token)).print(json: options.json)
    }
}
