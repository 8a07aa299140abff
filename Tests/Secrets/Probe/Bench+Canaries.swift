// SPDX-License-Identifier: Apache-2.0
internal import CardVault
internal import CardVaultSQLite
internal import Foundation

extension Bench {
    /// How many are at work at once, so that they share what a commit costs.
    private static let taskCount = 64

    func showCanaries() async throws {
        let store = try SQLiteStore(path: "\(folder)/cards.db")
        let vault = try await vault(store)
        let scope = try await vault.scope("default", as: "probe")
        let canaries = try String(contentsOfFile: "\(folder)/numbers.txt", encoding: .utf8)
            .split(separator: "\n").map { Canary(number: String($0)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for first in 0..<Self.taskCount {
                group.addTask {
                    for index in stride(from: first, to: canaries.count, by: Self.taskCount) {
                        var teller = Teller(isDumping: index % 8 == 0)
                        await canaries[index].parse(&teller)
                        try await canaries[index].use(vault, scope, &teller)
                        teller.tell(line: "canary \(index) was used")
                    }
                }
            }
            try await group.waitForAll()
        }
        try await showBatches(scope)
        try await showRotations(vault)
        try await showReports(vault)
        try await showRefusals(vault, store, canaries[0])
        try await showArchive(vault)
        stop("worked")
        try await showShredding(vault, canaries[0])
        try await vault.stop()
    }

    /// All of them in one call, and rows that are none.
    private func showBatches(_ scope: Scope) async throws {
        var teller = Teller(isDumping: true)
        let numbers = try numbers()
        var batch = CardBatch(capacity: 2 * numbers.count)
        for index in 0..<numbers.count {
            numbers.with(index) {
                batch.append($0)
                batch.append($0.extracting(1...))
            }
        }
        for index in 0..<batch.count { teller.tell(batch.verdict(at: index) as Any) }
        let cards = try await scope.tokenize(batch, format: .binLastFour)
        for card in cards { teller.tell(card) }
        for card in try await scope.find(batch) { teller.tell(card) }
        let tokens = cards.compactMap { try? $0.get().token }
        let opened = try await scope.detokenize(tokens, purpose: "probe")
        for index in 0..<opened.count { teller.tell(opened.failure(at: index) as Any) }
        for card in try await scope.importCards(batch, format: .opaque) { teller.tell(card) }
    }

    /// What a vault says of itself.
    private func showReports(_ vault: Vault) async throws {
        var teller = Teller(isDumping: true)
        for try await progress in vault.reseal() { teller.tell(progress) }
        teller.tell(try await vault.inventory())
        teller.tell(try await vault.holdList())
        for entry in try await vault.auditTail(1_000) { teller.tell(entry) }
        try await vault.exportAudit {
            teller.tell(line: $0.json)
        } end: {
            teller.tell(line: $0)
        }
        teller.tell(try await vault.auditAnchor())
        teller.tell(try await vault.backUp(to: "\(folder)/backup"))
        teller.tell(try await vault.exportKeyring(to: "\(folder)/copy.json"))
        teller.tell(try await vault.sweep())
    }
}
