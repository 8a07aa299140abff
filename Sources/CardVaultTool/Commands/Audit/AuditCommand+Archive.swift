// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault

extension AuditCommand {
    struct Archive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Move old entries of the log to a file, once they are verified.",
            discussion: "The store keeps the head after them, so the file stays part of the log.")

        @OptionGroup var options: VaultOptions
        @Option(help: "Move what is older than this date or moment (UTC).") var before: Timestamp
        @Option(help: "The file to write.") var out: String

        func validate() throws {
            guard !out.isEmpty else { throw ValidationError("A file needs a name.") }
        }

        func run() async throws {
            let file = try DraftFile(out)
            let count = try await options.openVault().archiveAudit(
                before: before, entry: { try file.append($0.json) }, commit: file.commit)
            guard !options.json else { return try Report.json(["entries": count]) }
            Report.line(
                count == 0 ? "No entry is that old." : "Moved to \(out), entries: \(count).")
        }
    }
}
