// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

struct KeyringCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keyring", abstract: "Look after copies of the keyring.",
        subcommands: [Export.self, Copies.self, Restore.self])
}
