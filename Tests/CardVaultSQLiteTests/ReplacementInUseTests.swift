// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardVault
@testable internal import CardVaultSQLite
internal import Foundation
internal import Testing

/// Many read, open and write a store that is replaced again and again.
@Suite("A store that is replaced in use") struct ReplacementInUseTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `is one of the stores at every moment, and loses nothing`() async throws {
        _ = try await scratch.store()
        let path = scratch.path()
        await withTaskGroup(of: Void.self) { group in
            for isReplacing in [true, false] {
                group.addTask {
                    await #expect(processExitsWith: .success) {
                        [path = path as String, isReplacing = isReplacing as Bool] in
                        async let first: Void = useStore(path)
                        async let second: Void = useStore(path)
                        if isReplacing { await replaceOften(path) }
                        _ = await (first, second)
                    }
                }
            }
        }
        #expect(try scratch.rows("PRAGMA integrity_check") == ["ok"])
    }
}

private let end = "end"

/// Replaces the store by ones of 1,000 cards, each of them of another vault, and then says so.
private func replaceOften(_ path: String) async {
    do {
        for number in 0..<25 {
            let store = try SQLiteStore(path: path)
            let new = "\(path).\(number)"
            try await store.copy(to: new)
            try await SQLiteStore.open(copy: new).write { transaction throws(StoreError) in
                try transaction.reset(for: .random())
            }
            try await SQLiteStore.open(copy: new).insert(0..<1_000)
            try await store.replace(with: new, keepingOldAs: nil)
            await Task.yield()
        }
    } catch {
        Issue.record(error)
    }
    _ = FileManager.default.createFile(atPath: "\(path).\(end)", contents: nil)
}

/// Reads and writes until that is said. Every state has as many search rows as cards; a card that
/// was acknowledged is there as long as the vault is the same.
private func useStore(_ path: String) async {
    var number = Int.random(in: 10_000..<1_000_000) * 1_000
    do {
        while !FileManager.default.fileExists(atPath: "\(path).\(end)") {
            await Task.yield()
            let store = try SQLiteStore(path: path)
            var mine: [Int] = []
            let error = await refusal {
                let vault = try await store.vault()
                while true {
                    await Task.yield()
                    let (id, cards, rows) = try await store.read { reader throws(StoreError) in
                        (
                            try reader.vault(), try reader.count(.card, of: KeyNumber(rawValue: 1)),
                            try reader.count(.fingerprint, of: KeyNumber(rawValue: 2))
                        )
                    }
                    #expect(id == vault)
                    #expect(cards == rows)
                    _ = try await store.insert(card(number))
                    mine.append(number)
                    number += 1
                    for number in mine.suffix(3) { #expect(try await store.has(number)) }
                    if FileManager.default.fileExists(atPath: "\(path).\(end)") { return }
                }
            }
            #expect(error == nil || error == StoreError(.missing))
        }
    } catch {
        Issue.record(error)
    }
}
