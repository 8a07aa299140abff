// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault

extension AuditCommand {
    struct Anchor: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give the head of the log to a place that the keys' owners cannot change.")

        @OptionGroup var options: VaultOptions
        @Option(help: "Append a line to this file.") var to: String?
        @Option(help: "Hand the line to this program on its standard input; no shell, no search.")
        var command: String?
        @Option(
            name: .customLong("argument"), parsing: .unconditionalSingleValue,
            help: "An argument of the program; may be repeated.")
        var arguments: [String] = []

        func validate() throws {
            guard (to == nil) != (command == nil), to != "", command != "" else {
                throw ValidationError("Give --to or --command, and not both.")
            }
            guard arguments.isEmpty || command != nil else {
                throw ValidationError("An --argument needs a --command.")
            }
        }

        func run() async throws {
            let anchor = try await options.openVault().auditAnchor()
            if let to { try AnchorFile.append(anchor, to: to) }
            if let command {
                try Program(path: command, arguments: arguments)
                    .run(telling: "\(anchor)\n")
            }
            Report.line(options.json ? "\(anchor)" : "Anchored entry \(anchor.sequence).")
        }
    }
}
