// SPDX-License-Identifier: Apache-2.0
import CardVault
import Foundation
import Testing
import TestSupport

@testable import CardVaultSQLite

/// Four processes write cards into one store and checkpoint it all the while, which is what
/// SQLite's WAL-reset bug loses commits by. `CARD_VAULT_SECONDS` says for how long; 3 where it is
/// not set.
@Suite("Four processes", .serialized) struct FourProcessesTests {
    private static let processCount = 4

    private static var seconds: Int {
        ProcessInfo.processInfo.environment["CARD_VAULT_SECONDS"].flatMap { Int($0) } ?? 3
    }

    @Test func `lose no acknowledged token, and give no card two`() async throws {
        let yard = try await Yard()
        let folder = yard.folder.path
        let seconds = Self.seconds
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<Self.processCount {
                group.addTask {
                    await #expect(processExitsWith: .success) {
                        [folder = folder as String, index = index as Int, seconds = seconds as Int]
                        in
                        try await Worker(folder, index).run(for: .seconds(seconds))
                    }
                }
            }
        }
        try await yard.expectSound(logs: Self.processCount)
    }

    @Test func `lose no acknowledged token when one of them is killed`() async throws {
        let yard = try await Yard()
        let folder = yard.folder.path
        let seconds = Self.seconds
        await withTaskGroup(of: Void.self) { group in
            for index in 1..<Self.processCount {
                group.addTask {
                    await #expect(processExitsWith: .success) {
                        [folder = folder as String, index = index as Int, seconds = seconds as Int]
                        in
                        try await Worker(folder, index).run(for: .seconds(seconds))
                    }
                }
            }
            group.addTask {
                await #expect(processExitsWith: .signal(SIGKILL)) {
                    [folder = folder as String, seconds = seconds as Int] in
                    let worker = try await Worker(folder, 0)
                    killThisProcess(after: Double(seconds) / 2)
                    try await worker.run(for: .seconds(seconds * 10 + 60))
                }
            }
        }
        try await yard.expectSound(logs: Self.processCount)
    }
}

/// Ends this process in the middle of whatever it does then.
private func killThisProcess(after seconds: Double) {
    Thread.detachNewThread {
        Thread.sleep(forTimeInterval: seconds)
        kill(getpid(), SIGKILL)
    }
}

/// The cards that the processes share: numbers of a sandbox range.
private enum SharedCards {
    static let count = 200_000
    /// These are drawn half of the time, so that processes meet at them.
    static let hotCount = 2000

    static func number(_ index: Int) -> String {
        let body = "400000" + String(1_000_000_000 + index).dropFirst()
        var sum = 0
        for (place, digit) in body.reversed().compactMap(\.wholeNumberValue).enumerated() {
            let value = place.isMultiple(of: 2) ? 2 * digit : digit
            sum += value > 9 ? value - 9 : value
        }
        return "\(body)\((10 - sum % 10) % 10)"
    }
}

/// One of the processes: tokenizes cards, one by one and in batches, and notes every token that it
/// was given, at once and in a file of its own.
private struct Worker {
    static let batchCount = 200

    private let vault: Vault
    private let store: SQLiteStore
    private let log: FileHandle
    private let seed: UInt64

    init(_ folder: String, _ index: Int) async throws {
        store = try SQLiteStore(path: "\(folder)/cards.db")
        vault = try await Yard.open("\(folder)/keyring.json", store)
        let path = "\(folder)/\(index).log"
        try Data().write(to: URL(fileURLWithPath: path))
        log = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        seed = UInt64(index)
    }

    /// Runs three tasks at once until the time is over: single cards, batches, checkpoints.
    func run(for duration: Duration) async throws {
        let end = ContinuousClock.now + duration
        let scope = try await vault.scope("default")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<2 as Range<UInt64> {
                group.addTask {
                    var random = SeededRandom(seed: seed << 8 | task)
                    while .now < end { try await tokenizeOne(scope, &random) }
                }
            }
            group.addTask {
                var random = SeededRandom(seed: seed << 8 | 2)
                while .now < end { try await tokenizeBatch(scope, &random) }
            }
            group.addTask {
                while .now < end {
                    try await store.checkpoint()
                    await Task.yield()
                }
            }
            try await group.waitForAll()
        }
    }

    private func tokenizeOne(_ scope: Scope, _ random: inout SeededRandom) async throws {
        let index = draw(&random)
        let card = try await scope.tokenize(PAN(SharedCards.number(index)))
        try log.write(contentsOf: Data("\(index) \(card.token)\n".utf8))
    }

    private func tokenizeBatch(_ scope: Scope, _ random: inout SeededRandom) async throws {
        var batch = CardBatch(capacity: Self.batchCount)
        var indexes: [Int] = []
        for _ in 0..<Self.batchCount {
            indexes.append(draw(&random))
            batch.append(SharedCards.number(indexes[indexes.count - 1]).utf8.span)
        }
        let results = try await scope.tokenize(batch)
        let lines = try zip(indexes, results).map { "\($0) \(try $1.get().token)\n" }
        try log.write(contentsOf: Data(lines.joined().utf8))
    }

    private func draw(_ random: inout SeededRandom) -> Int {
        let count = Bool.random(using: &random) ? SharedCards.hotCount : SharedCards.count
        return .random(in: 0..<count, using: &random)
    }
}

/// The vault that the processes share, and what must be true of it afterwards.
private final class Yard {
    static let passphrase = "correct horse 9"

    let folder: URL

    init() async throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("card-vault-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        guard let scope = ScopeID("default") else { return }
        let keyring = try KeyringFile.draft(
            at: path("keyring.json"), passphrase: Passphrase(Self.passphrase.utf8.span),
            scope: scope)
        try await Vault.initialize(keyring, store: SQLiteStore.create(path: path("cards.db")))
    }

    static func open(_ keyring: String, _ store: SQLiteStore) async throws -> Vault {
        try await Vault(keyring: unlock(keyring), store: store, patience: .seconds(600))
    }

    private static func unlock(_ keyring: String) throws -> KeyringFile {
        try KeyringFile.unlock(
            at: keyring, with: .passphrase(Passphrase(passphrase.utf8.span)))
    }

    /// The file is whole, every token that any process was given gives its card back, and no card
    /// has two.
    func expectSound(logs count: Int) async throws {
        let acknowledged = try tokens(logs: count)
        #expect(acknowledged.count >= SharedCards.hotCount / 2)
        #expect(acknowledged.values.allSatisfy { $0.count == 1 })
        #expect(Set(acknowledged.values).count == acknowledged.count)
        try expectSoundFile(cardCount: Int64(acknowledged.count))
        try await expectSoundLog()
        try await expectCards(
            acknowledged.compactMap { index, tokens in
                tokens.first.map { (index, $0) }
            })
    }

    private func expectSoundFile(cardCount: Int64) throws {
        let connection = try SQLiteConnection(path: path("cards.db"), patience: .seconds(10))
        func first(_ sql: String) throws -> String {
            let statement = try connection.prepare(sql)
            return try statement.step() ? statement.text(0) : ""
        }
        #expect(try first("PRAGMA integrity_check") == "ok")
        let stored = try #require(Int64(try first("SELECT count(*) FROM cards")))
        // Of a process that was killed, cards may be there that it had not been told of.
        #expect(stored >= cardCount)
        let rows = "FROM cards JOIN fingerprints USING (token)"
        #expect(try first("SELECT count(*) \(rows)") == "\(stored)")
        #expect(try first("SELECT count(*) FROM fingerprints") == "\(stored)")
    }

    /// The processes wrote one chain: no entry is missing, and none is there twice.
    private func expectSoundLog() async throws {
        let log = AuditLog(
            keyring: try Self.unlock(path("keyring.json")),
            store: try SQLiteStore(path: path("cards.db")))
        let verdict = try await log.verify()
        #expect(verdict.fault == nil && verdict.isComplete)
        #expect(verdict.last > 20)
    }

    private func expectCards(_ cards: [(index: Int, token: Token)]) async throws {
        let vault = try await Self.open(
            path("keyring.json"), SQLiteStore(path: path("cards.db")))
        let scope = try await vault.scope("default")
        var wrong = 0
        for (index, token) in cards {
            let pan = try await scope.detokenize(token, purpose: "test")
            let expected = Array(SharedCards.number(index).utf8)
            let isSame = pan.withDigits { digits in
                digits.count == expected.count
                    && digits.indices.allSatisfy { digits[$0] == expected[$0] }
            }
            if !isSame { wrong += 1 }
        }
        #expect(wrong == 0)
    }

    /// The tokens that the processes were given for each card. A last line without its end was
    /// being written when its process was killed.
    private func tokens(logs count: Int) throws -> [Int: Set<Token>] {
        var tokens: [Int: Set<Token>] = [:]
        for log in 0..<count {
            let text = try String(contentsOfFile: path("\(log).log"), encoding: .utf8)
            for line in text.split(separator: "\n").dropLast(text.hasSuffix("\n") ? 0 : 1) {
                let words = line.split(separator: " ")
                let index = try #require(Int(words[0]))
                tokens[index, default: []].insert(try Token(String(words[1])))
            }
        }
        return tokens
    }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    deinit { try? FileManager.default.removeItem(at: folder) }
}
