// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardCrypto
internal import CardVault

extension KeyCommand {
    struct Activate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let the keys seal that a rotation of all keys made.",
            discussion: "First every server takes the new keyring.")

        @OptionGroup var options: VaultOptions

        func run() async throws {
            let keys = try await options.openVault().activateKeys()
            guard !options.json else {
                return try Report.json(["activated": keys.map(\.description)])
            }
            guard !keys.isEmpty else { return Report.line("No key waits.") }
            Report.line("Keys that seal from now on: \(keys.count).")
            Report.line("Run 'card-vault reseal' to seal the cards anew.")
        }
    }
}
