// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault

extension AuditCommand {
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the entries of the log for other systems.",
            discussion: "Only jsonl can be verified: it has the proof of each entry, csv has not.")

        /// How entries are written.
        enum Format: String, ExpressibleByArgument, CaseIterable {
            case jsonl, csv
        }

        @OptionGroup var options: VaultOptions
        @Option(help: "Begin with the first entry of this date or moment (UTC).")
        var since: Timestamp?
        @Option(help: "One line of JSON an entry, or one row of CSV.") var format = Format.jsonl
        @Option(help: "The file to write (default: standard output).") var out: String?

        func validate() throws {
            guard out != "" else { throw ValidationError("A file needs a name.") }
        }

        func run() async throws {
            let file = try out.map(DraftFile.init)
            let write: (String) throws -> Void = { line in
                if let file { try file.append(line) } else { Report.line(line) }
            }
            let vault = try await options.openVault()
            if format == .csv { try write(ExportedAuditEntry.csvHeader) }
            var count = 0
            try await vault.exportAudit(since: since) { entry in
                try write(format == .csv ? entry.csv : entry.json)
                count += 1
            } end: { line in
                if format == .jsonl { try write(line) }
            }
            guard let file, let out else { return }
            try file.commit()
            guard !options.json else { return try Report.json(["entries": count]) }
            Report.line("Exported to \(out), entries: \(count).")
        }
    }
}
