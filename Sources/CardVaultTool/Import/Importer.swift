// SPDX-License-Identifier: Apache-2.0
internal import CardVault

/// Moves the rows of a CSV file through the vault, batch by batch.
///
/// A batch is one transaction of the store, then rows and rejects on disk, then the journal. A kill
/// between any two makes the batch be done again; the vault then gives the same cards the same
/// tokens.
struct Importer: ~Copyable {
    /// Rows in a batch.
    static let batchRowCount = 50_000

    private let input: ImportInput
    private let scope: Scope
    private let format: TokenFormat
    private let narrow: ImportCommand.Narrow
    private let luhn: LuhnRule
    private let rowGuard: RowGuard
    private var journal: ImportJournal
    private var batch = CardBatch(capacity: batchRowCount)
    private var pending = PendingRows()
    private var refused: [(line: Int, reason: any Error & CustomStringConvertible)] = []
    private var progress: ProgressLine

    init(
        input: ImportInput, scope: Scope, journal: consuming ImportJournal, format: TokenFormat,
        narrow: ImportCommand.Narrow, luhn: LuhnRule
    ) {
        self.input = input
        self.scope = scope
        self.format = format
        self.narrow = narrow
        self.luhn = luhn
        rowGuard = RowGuard(input.plan, keeping: input.kept)
        progress = ProgressLine(
            of: input.byteCount, at: Int(journal.progress.position.byteOffset),
            done: journal.progress.rowCount, "rows")
        self.journal = journal
    }

    /// Imports every row from where the journal stands.
    mutating func run() async throws {
        var rows = try input.rows(from: journal.progress.position)
        if journal.progress.position == .start { try writeHeader(&rows) }
        var end = journal.progress.position
        while let row = try rows.next() {
            if let reason = refusal(of: row, rows) {
                refused.append((row.start.line, reason))
            } else {
                if !pending.append(row, of: rows, input.plan) {
                    try await commit(upTo: row.start)
                    _ = pending.append(row, of: rows, input.plan)
                }
                rows.withField(input.plan.panColumn) { batch.append($0, luhn: luhn) }
            }
            end = row.end
            if batch.count + refused.count >= Self.batchRowCount { try await commit(upTo: end) }
        }
        if batch.count + refused.count > 0 { try await commit(upTo: end) }
    }

    /// Gives the files their names.
    consuming func finish() throws -> ImportProgress {
        progress.end()
        return try journal.finish()
    }

    private mutating func writeHeader(_ rows: inout CSVReader) throws {
        guard let row = try rows.next() else { return }
        _ = pending.append(row, of: rows, input.plan)
        try pending.write(0, token: input.tokenColumn.utf8.span, to: &journal.output)
        pending.removeAll()
    }

    /// Why a row is refused before its card number is looked at.
    private func refusal(
        of row: CSVRow, _ rows: borrowing CSVReader
    ) -> (any Error & CustomStringConvertible)? {
        if let fault = row.fault { return fault }
        let columnCount = input.plan.names.count
        guard row.fieldCount == columnCount else {
            return RowFault.fieldCount(found: row.fieldCount, expected: columnCount)
        }
        do throws(RowGuardError) {
            try rowGuard.check(rows)
            return nil
        } catch {
            return error
        }
    }

    /// Stores the batch, writes its rows, and enters both in the journal.
    private mutating func commit(upTo position: CSVPosition) async throws {
        var results = try await scope.importCards(batch, format: format)
        if narrow == .lastFour { try await widen(&results) }
        var importedCount = 0
        for index in results.indices {
            switch results[index] {
            case .success(let card):
                try pending.write(
                    index, token: card.token.description.utf8.span, to: &journal.output)
                importedCount += 1
            case .failure(let error):
                guard error.isOfRow else { throw error }
                let reason: any Error & CustomStringConvertible = error.reason ?? error
                refused.append((pending.line(of: index), reason))
            }
        }
        for row in refused.sorted(by: { $0.line < $1.line }) {
            try journal.rejects.append(line: row.line, Reason(description: row.reason.description))
        }
        try journal.commit(position, imported: importedCount, rejected: refused.count)
        refused.removeAll(keepingCapacity: true)
        pending.removeAll()
        batch.removeAll()
        progress.show(
            at: Int(journal.progress.position.byteOffset), done: journal.progress.rowCount)
    }

    /// Gives the cards that were too short for the format a token that keeps their last four
    /// digits.
    private func widen(_ results: inout [Result<Card, VaultError>]) async throws {
        let rows = results.indices.filter { index in
            guard case .failure(let error) = results[index] else { return false }
            return error.code == .formatTooNarrow
        }
        guard !rows.isEmpty else { return }
        var narrow = CardBatch(capacity: rows.count)
        for row in rows {
            // Checked when the row was read.
            batch.withDigits(at: row) { narrow.append($0, luhn: .ignored) }
        }
        for (row, result) in zip(rows, try await scope.importCards(narrow, format: .lastFour)) {
            results[row] = result
        }
    }
}

extension VaultError {
    /// Whether the card of one row is the reason. A record that was altered is no reason of a row:
    /// it must not go under among misprints.
    fileprivate var isOfRow: Bool {
        [.badPAN, .formatTooNarrow, .formatFull].contains(code)
    }
}

private struct Reason: Error, CustomStringConvertible {
    let description: String
}
