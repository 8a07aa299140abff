// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardCrypto
internal import CardVault

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Store the cards of a CSV file and write it again with tokens in their place.")

    /// What to do with a card for which the format leaves too few random digits.
    enum Narrow: String, ExpressibleByArgument {
        case reject
        case lastFour = "last-four"
    }

    @OptionGroup var options: VaultOptions
    @Argument(help: "The CSV file: UTF-8, with a header.") var cards: String
    @Option(help: "The column of the card numbers.") var panColumn: String
    @Option(help: "The file to write.") var out: String
    @Option(help: "What tokens look like: opaque, last-four or bin-last-four.")
    var format = TokenFormat.opaque
    @Option(help: "Cards too short for the format: reject, or give them a last-four token.")
    var narrow = Narrow.reject
    @Option(help: "The file for lines and reasons of refused rows (default: OUT.rejects.csv).")
    var rejects: String?
    @Option(name: .customLong("drop-column"), help: "A column to leave out; may be repeated.")
    var dropColumns: [String] = []
    @Option(
        name: .customLong("keep-column"),
        help: "A column whose values only look like codes or cards.")
    var keepColumns: [String] = []
    @Flag(help: "Take card numbers that fail Luhn.") var ignoreLuhn = false
    @Flag(help: "Go on with an interrupted import.") var resume = false

    func validate() throws {
        guard !out.isEmpty && rejects != "" else { throw ValidationError("A file needs a name.") }
    }

    func run() async throws {
        let paths = ImportPaths(output: out, rejects: rejects ?? out + ".rejects.csv")
        let input = try ImportInput(
            path: cards, panColumn: panColumn, dropping: dropColumns, keeping: keepColumns)
        let vault = try await options.openVault()
        let identity = ImportIdentity(
            inputByteCount: input.byteCount, headerLine: input.header.line, panColumn: panColumn,
            format: format.description, narrow: narrow.rawValue, ignoresLuhn: ignoreLuhn,
            droppedColumns: dropColumns, scope: options.scope, vaultID: vault.id.description,
            inputModified: input.modified)
        let scope = try await options.openScope(of: vault)
        let total: ImportProgress
        switch try ImportJournal.begin(identity, at: paths, resuming: resume) {
        case .finished(let progress): total = progress
        case .open(let journal):
            var importer = Importer(
                input: input, scope: scope, journal: journal, format: format,
                narrow: narrow, luhn: ignoreLuhn ? .ignored : .required)
            do {
                try await importer.run()
            } catch let error as FileError {
                throw ImportError.file(error)
            }
            total = try importer.finish()
        }
        let report = Imported(rows: total.importedRowCount, refused: total.rejectedRowCount)
        if options.json {
            try Report.json(report)
        } else {
            Report.line("Imported to \(out), rows: \(report.rows).")
        }
        guard report.refused == 0 else {
            throw ToolError.rowsRefused(count: report.refused, path: paths.rejects)
        }
    }

    private struct Imported: Encodable {
        let rows: Int
        let refused: Int
    }
}
