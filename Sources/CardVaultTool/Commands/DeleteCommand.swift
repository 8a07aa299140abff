// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault

struct DeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Remove a card and its search rows.")

    @OptionGroup var options: VaultOptions
    @Argument(help: "The token; or 'row HEX', as a reseal lists a row that has none.")
    var token: String

    func run() async throws {
        switch try CardRow(token) {
        case .token(let token): try await options.openScope().delete(token)
        case .row(let place): try await options.openVault().delete(row: place)
        }
        guard !options.json else { return try Report.json(["deleted": token]) }
        Report.line("Deleted \(token).")
    }
}
