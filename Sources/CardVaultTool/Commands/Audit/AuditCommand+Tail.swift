// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault

extension AuditCommand {
    struct Tail: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the last entries of the log.")

        @OptionGroup var options: VaultOptions
        @Option(help: "How many: 1 to 10,000.") var count = 20

        func validate() throws {
            guard (1...10_000).contains(count) else {
                throw ValidationError("--count is 1 to 10,000.")
            }
        }

        func run() async throws {
            let entries = try await options.openVault().auditTail(count)
            guard !options.json else { return entries.forEach { Report.line($0.json) } }
            Report.table(AuditTable.titles, entries.map { AuditTable.row($0.entry) })
        }
    }
}
