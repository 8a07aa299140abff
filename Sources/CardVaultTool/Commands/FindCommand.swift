// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault
internal import SecretMemory

struct FindCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find",
        abstract: "Find the token of a card number, read from the terminal or standard input.")

    @OptionGroup var options: VaultOptions
    @Option(help: "The format of the token: opaque, last-four or bin-last-four.")
    var format = TokenFormat.opaque
    @Flag(help: "Take a card number that fails Luhn.") var ignoreLuhn = false

    func run() async throws {
        let pan = try readPAN()
        guard let card = try await options.openScope().find(pan, format: format) else {
            throw ToolError.cardNotFound
        }
        try CardReport(card).print(json: options.json)
    }

    private func readPAN() throws -> PAN {
        let limit = 64
        let text =
            Standard.inputIsTerminal
            ? try Terminal().readSecret("Card number: ", limit: limit, locking: options.locking)
            : try Standard.readSecretInput(limit: limit, locking: options.locking)
        return try text.withBytes { bytes throws(PANError) in
            let end = bytes.indices.reversed().first { ![0x0a, 0x0d].contains(bytes[$0]) }
            let line = bytes.extracting(first: end.map { $0 + 1 } ?? 0)
            return try PAN(line, luhn: ignoreLuhn ? .ignored : .required)
        }
    }
}
