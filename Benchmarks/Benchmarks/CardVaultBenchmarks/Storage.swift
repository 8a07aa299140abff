// SPDX-License-Identifier: Apache-2.0
import BareC
import Benchmark
import CardCrypto
import CardVault
import CardVaultSQLite
import Foundation

/// Tokenizing and detokenizing on SQLite, beside bare SQLite with the same tables and settings.
func storageBenchmarks() {
    tokenize(1, name: "Tokenize.one")
    tokenize(1_000, name: "Tokenize.batch of 1,000")
    detokenize(from: 20_000)
}

/// For operations that end on the disk.
private var durable: Benchmark.Configuration {
    .init(metrics: [.wallClock, .throughput], scalingFactor: .one, maxDuration: .seconds(3))
}

private func tokenize(_ count: Int, name: String) {
    Benchmark(name, configuration: durable) { benchmark in
        let demo = try await DemoVault()
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            if count == 1 {
                blackHole(try await demo.scope.tokenize(try demo.nextPAN()))
            } else {
                blackHole(try await demo.scope.tokenize(try demo.nextBatch(count)))
            }
        }
        benchmark.stopMeasurement()
    }
    Benchmark("\(name).bare SQLite: the same rows, one commit", configuration: durable) {
        benchmark in
        let bare = try BareStore()
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { bare.insert(count) }
        benchmark.stopMeasurement()
    }
}

private func detokenize(from count: Int) {
    Benchmark("Detokenize.one of \(count)") { benchmark in
        let demo = try await DemoVault()
        var tokens: [Token] = []
        for result in try await demo.scope.tokenize(try demo.nextBatch(count)) {
            tokens.append(try result.get().token)
        }
        tokens.shuffle()
        benchmark.startMeasurement()
        for i in benchmark.scaledIterations {
            let pan = try await demo.scope.detokenize(tokens[i % tokens.count], purpose: "test")
            blackHole(pan.digitCount)
        }
        benchmark.stopMeasurement()
    }
    Benchmark("Detokenize.one of \(count).bare SQLite: one look-up") { benchmark in
        let bare = try BareStore()
        bare.insert(count)
        let tokens = bare.tokens.shuffled()
        benchmark.startMeasurement()
        for i in benchmark.scaledIterations { blackHole(bare.box(tokens[i % tokens.count])) }
        benchmark.stopMeasurement()
    }
}

/// A folder that is gone with its owner.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A new vault on disk, and generated cards of a sandbox range.
final class DemoVault {
    let scope: Scope
    private let folder: TemporaryFolder
    private var serial: UInt64 = 0

    init() async throws {
        folder = try TemporaryFolder()
        let passphrase = try Passphrase("benchmark only 1".utf8.span)
        guard let id = ScopeID("default"), let cost = Argon2id(memory: 65_536, passes: 2) else {
            preconditionFailure("a valid name and a valid cost")
        }
        let keyring = try KeyringFile.draft(
            at: folder.path + "/keyring.json", passphrase: passphrase, scope: id, cost: cost)
        let store = try SQLiteStore.create(path: folder.path + "/cards.db")
        try await Vault.initialize(keyring, store: store)
        scope = try await Vault(keyring: keyring, store: store).scope("default")
    }

    private func nextDigits() -> [UInt8] {
        // Odd multiplier: a permutation of the 9 free digits' range, without repeats.
        serial = (serial &+ 1) % 1_000_000_000
        let body = 4_000_000_000_000_000 + (serial * 618_033_989 % 1_000_000_000) * 10
        return Array(String(body).utf8)
    }

    func nextPAN() throws -> PAN { try PAN(nextDigits().span, luhn: .ignored) }

    func nextBatch(_ count: Int) throws -> CardBatch {
        var batch = CardBatch(capacity: count)
        for _ in 0..<count { batch.append(nextDigits().span, luhn: .ignored) }
        return batch
    }
}

/// The tables of the store, filled without a vault.
final class BareStore {
    private let folder: TemporaryFolder
    private var database: OpaquePointer?
    private let insertCard: OpaquePointer?
    private let insertFingerprint: OpaquePointer?
    private let select: OpaquePointer?
    private(set) var tokens: [[UInt8]] = []

    init() throws {
        folder = try TemporaryFolder()
        sqlite3_open(folder.path + "/cards.db", &database)
        precondition(bare_exec(database, bare_schema) == SQLITE_OK)
        insertCard = bare_prepare(database, "INSERT INTO cards VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        insertFingerprint = bare_prepare(database, "INSERT INTO fingerprints VALUES (?, ?, ?, ?)")
        select = bare_prepare(database, "SELECT * FROM cards WHERE token = ?")
    }

    /// Rows in one transaction: tokens in order, fingerprints sorted.
    func insert(_ count: Int) {
        let box = [UInt8](repeating: 1, count: 50)
        bare_exec(database, "BEGIN IMMEDIATE")
        var fingerprints: [[UInt8]] = []
        for _ in 0..<count {
            let serial = UInt64(tokens.count)
            tokens.append([1] + bytes(serial) + bytes(serial &* 0x9e37_79b9_7f4a_7c15))
            fingerprints.append(
                bytes(serial &* 0xd134_2543_de82_ef95) + bytes(serial &* 0xaf25_1af3_b0f0_25b5))
        }
        fingerprints.sort { $0.lexicographicallyPrecedes($1) }
        for (token, fingerprint) in zip(tokens.suffix(count), fingerprints) {
            precondition(bare_insert_fingerprint(insertFingerprint, fingerprint, token) == 1)
        }
        for token in tokens.suffix(count) {
            precondition(bare_insert_card(insertCard, token, box) == 1)
        }
        bare_exec(database, "COMMIT")
    }

    func box(_ token: [UInt8]) -> UInt8 {
        var box = [UInt8](repeating: 0, count: 50)
        precondition(bare_select_card(select, token, &box) == 1)
        return box[0]
    }

    private func bytes(_ word: UInt64) -> [UInt8] {
        withUnsafeBytes(of: word.bigEndian) { Array($0) }
    }

    deinit {
        for statement in [insertCard, insertFingerprint, select] { sqlite3_finalize(statement) }
        sqlite3_close(database)
    }
}
