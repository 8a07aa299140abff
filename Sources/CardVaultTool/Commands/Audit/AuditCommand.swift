// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

/// Each of its commands is on record itself, but for `verify`, which writes no record.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Look after the record of who did what.",
        subcommands: [Verify.self, Anchor.self, Tail.self, Export.self, Archive.self])
}
