// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

struct HoldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Look after what is held until authorization.",
        subcommands: [List.self, Sweep.self])
}
