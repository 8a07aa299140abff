// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardVault
@testable internal import CardVaultSQLite
internal import Foundation
internal import Testing

/// A process dies while it puts a copy in a store's place, and others go on.
@Suite("A replacement that is cut short") struct ReplacementCrashTests {
    private let scratch: Scratch
    private let old = 0..<100
    private let new = 1_000..<2_000

    init() throws { scratch = try Scratch() }

    private func cards(_ store: SQLiteStore) async throws -> [[UInt8]] {
        try await store.cards().map(\.place)
    }

    private func places(_ numbers: Range<Int>) throws -> [[UInt8]] {
        try numbers.map { try card($0).record.token.stored }
    }

    /// Kills a process that replaces the store before the step of this number.
    private func kill(before number: Int) async {
        let folder = scratch.folder
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [folder = folder as String, number = number as Int] in
            let store = try SQLiteStore(path: "\(folder)/cards.db")
            try store.replace(with: "\(folder)/new.db", keepingOldAs: "\(folder)/kept.db") { step in
                if step == SQLiteReplacement.Step.allCases[number] {
                    Foundation.kill(getpid(), SIGKILL)
                }
            }
        }
    }

    @Test(arguments: SQLiteReplacement.Step.allCases.indices)
    func `leaves the old store or the new, whole`(_ number: Int) async throws {
        let step = SQLiteReplacement.Step.allCases[number]
        try await scratch.makeCopy(of: new)
        let alive = try await scratch.store()
        try await alive.insert(old)
        await kill(before: number)
        let isReplaced = step == .removeLog || step == .unmark
        // Who had the old store open goes on with it, or is told; and either way what it was told
        // to be stored is there afterwards.
        let told = await refusal { try await alive.insert(card(100)) }
        #expect(told == (isReplaced ? StoreError(.missing) : nil))
        let expected = try isReplaced ? places(new) : places(0..<101)
        let again = try SQLiteStore(path: scratch.path())
        #expect(try await cards(again) == expected)
        #expect(scratch.size(of: "cards.db.incoming") == nil)
        #expect(try scratch.rows("PRAGMA integrity_check") == ["ok"])
        for number in 3_000..<3_010 { _ = try await again.insert(card(number)) }
        try await again.checkpoint()
        if isReplaced {
            #expect(await refusal { try await alive.cards() } == StoreError(.missing))
        } else {
            #expect(try await cards(alive) == expected + places(3_000..<3_010))
            // And it is done when it is done again.
            if scratch.size(of: "kept.db") != nil {
                try FileManager.default.removeItem(atPath: scratch.path("kept.db"))
            }
            try await alive.replace(with: scratch.path("new.db"), keepingOldAs: nil)
            #expect(try await cards(SQLiteStore(path: scratch.path())) == places(new))
        }
        #expect(try scratch.rows("PRAGMA integrity_check") == ["ok"])
    }

    @Test func `is done when it is done again with the old store kept`() async throws {
        try await scratch.makeCopy(of: new)
        try await scratch.store().insert(old)
        await kill(before: 2)
        #expect(SQLiteReplacement.Step.allCases[2] == .mark)
        #expect(StoreFile(scratch.path("kept.db")) == StoreFile(scratch.path()))
        // As a crash leaves it where the log could not be emptied.
        try scratch.write([1, 2, 3], to: "kept.db-wal")
        try await SQLiteStore(path: scratch.path()).replace(
            with: scratch.path("new.db"), keepingOldAs: scratch.path("kept.db"))
        #expect(try await cards(SQLiteStore(path: scratch.path())) == places(new))
        #expect(scratch.size(of: "kept.db-wal") == nil)
        #expect(try await cards(SQLiteStore.open(copy: scratch.path("kept.db"))) == places(old))
    }

    /// A disk may bring back what was removed just before the power went.
    @Test func `does not take the old store's log for the new one's`() async throws {
        try await scratch.makeCopy(of: new)
        let log: Data
        do {
            let store = try await scratch.store()
            try await store.insert(old)
            log = try Data(contentsOf: URL(filePath: scratch.path("cards.db-wal")))
            #expect(log.count > 4_096)
        }
        await kill(before: 4)
        #expect(SQLiteReplacement.Step.allCases[4] == .removeLog)
        try log.write(to: URL(filePath: scratch.path("cards.db-wal")))
        let again = try SQLiteStore(path: scratch.path())
        #expect(try await cards(again) == places(new))
        #expect(try scratch.rows("PRAGMA integrity_check") == ["ok"])
    }

    /// Of two marks, one is of a replacement that never came to its rename.
    @Test func `does not take another file's mark for its own`() async throws {
        let store = try await scratch.store()
        try await store.insert(old)
        try scratch.write([1, 2, 3], to: "cards.db.incoming")
        let again = try SQLiteStore(path: scratch.path())
        #expect(scratch.size(of: "cards.db.incoming") == nil)
        #expect(try await cards(again) == places(old))
        _ = try await store.insert(card(100))
        #expect(try await cards(again) == places(0..<101))
    }
}
