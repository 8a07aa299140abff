// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault
internal import CardVaultSQLite

extension AuditCommand {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check the log, or an export of it, from its first entry to its last.",
            discussion: """
                No record is written, and the store is not needed for an export or an archive. \
                Files that follow one another may be joined into one.
                """)

        @OptionGroup var options: VaultOptions
        @Option(help: "Check this export or archive in place of the store.") var export: String?
        @Option(help: "A file of anchors, one a line, to hold the log against.")
        var anchor: String?

        func run() async throws {
            // Looked at first: nobody types a passphrase in vain.
            let file = try anchor.map(AnchorFile.init)
            let anchors = file?.anchors ?? []
            if let bad = file?.badLines, let first = bad.first {
                Standard.error.write(
                    "Lines that are no anchors: \(bad.count), the first is \(first).\n")
            }
            let verdict: AuditVerdict
            if let export {
                let file = try OpenFile.reading(export)
                verdict = try Self.check(file, options.unlockKeyring(), anchors)
            } else {
                let log = AuditLog(
                    keyring: try options.unlockKeyring(),
                    store: try SQLiteStore(path: options.store))
                verdict = try await log.verify(against: anchors)
            }
            let report = VerdictReport(verdict, isOfFile: export != nil)
            if options.json { try Report.json(report) }
            if let fault = verdict.fault { throw ToolError.auditFault(fault) }
            if !options.json { report.lines.forEach(Report.line) }
        }

        private static func check(
            _ file: consuming OpenFile, _ keyring: KeyringFile, _ anchors: [AuditAnchor]
        ) throws -> AuditVerdict {
            var check = try AuditExportCheck(keyring: keyring, anchors: anchors)
            var lines = LineReader(file, byteLimit: AuditExportCheck.lineByteLimit)
            while let line = try lines.next() { try check.check(line) }
            return check.finish()
        }
    }
}
