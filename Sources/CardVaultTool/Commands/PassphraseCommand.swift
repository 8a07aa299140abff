// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault

struct PassphraseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passphrase", abstract: "Make a passphrase of 130 random bits.")

    @OptionGroup var options: VaultOptions

    func run() throws {
        let passphrase = try Passphrase.generate(locking: options.locking)
        if options.json { Standard.output.write(#"{"passphrase":""#) }
        passphrase.withBytes { Standard.output.write($0) }
        Standard.output.write(options.json ? "\"}\n" : "\n")
    }
}
