// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Look at the keys, change and destroy them.",
        subcommands: [
            List.self, Rotate.self, Activate.self, Suspend.self, Resume.self, Deactivate.self,
            Compromise.self, Destroy.self, Period.self,
        ])
}
