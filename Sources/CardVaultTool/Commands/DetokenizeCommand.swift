// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault

struct DetokenizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detokenize", abstract: "Print the card number of a token, and nothing else.")

    @OptionGroup var options: VaultOptions
    @Argument(help: "The token.") var token: String
    @Option(help: "What the number is needed for.") var purpose: String

    func run() async throws {
        let token = try Token(token)
        let pan = try await options.openScope().detokenize(token, purpose: purpose)
        if options.json { Standard.output.write(#"{"pan":""#) }
        pan.withDigits { Standard.output.write($0) }
        Standard.output.write(options.json ? "\"}\n" : "\n")
    }
}
