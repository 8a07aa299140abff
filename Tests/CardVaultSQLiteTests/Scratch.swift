// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardData
internal import CardKeys
internal import CardVault
internal import CardVaultSQLite
internal import Foundation
internal import Testing

/// A new folder for one test, removed when dropped. Hold it in the suite.
final class Scratch: Sendable {
    let folder: String

    init() throws {
        folder =
            FileManager.default.temporaryDirectory
            .appending(path: "card-vault-sqlite-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Where the file named `name` is.
    func path(_ name: String = "cards.db") -> String { "\(folder)/\(name)" }

    /// The names in the folder, in order.
    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    /// Writes a file in place.
    func write(_ bytes: [UInt8], to name: String = "cards.db") throws {
        try Data(bytes).write(to: URL(filePath: path(name)))
    }

    /// Bytes in a file; nil when there is none.
    func size(of name: String) -> Int? {
        (try? FileManager.default.attributesOfItem(atPath: path(name)))?[.size] as? Int
    }

    /// Who may do what with a file: the lowest 9 bits of its mode.
    func permissions(of name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path(name))[.posixPermissions] as? Int
    }

    /// A store of some vault, without cards.
    func store() async throws -> SQLiteStore {
        let store = try SQLiteStore.create(path: path())
        try await store.write { transaction throws(StoreError) in
            try transaction.reset(for: .random())
        }
        return store
    }
}

/// What a store said when it refused `body`; nil when it did not.
func refusal<R>(_ body: () async throws -> R) async -> StoreError? {
    do {
        _ = try await body()
        return nil
    } catch let error as StoreError {
        return error
    } catch {
        Issue.record(error)
        return nil
    }
}

/// A card with one search row, both of this number.
func card(_ number: Int, boxByteCount: Int = 50) throws -> NewCard {
    let digits = String(100_000_000_000 + number)
    let facts = CardFacts(
        format: .opaque, display: try DisplayDigits(stored: "411111******1111".utf8.span),
        brand: .visa, expiry: nil, created: try #require(Timestamp(milliseconds: 1)),
        expires: nil)
    let record = CardRecord(
        token: try Token(digits), key: KeyNumber(rawValue: 1),
        box: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: boxByteCount),
        facts: facts)
    let fingerprint = Fingerprint(Array("0000\(digits)".utf8).span)
    return NewCard(
        record: record,
        fingerprints: [
            FingerprintRecord(
                key: KeyNumber(rawValue: 2), format: .opaque, fingerprint: fingerprint)
        ])
}

/// A hold of this number, 1 to 255, which is over.
func hold(_ number: UInt8) throws -> HoldRecord {
    HoldRecord(
        id: try #require(HoldID(bytes: [UInt8](repeating: number, count: HoldID.byteCount))),
        scope: try #require(ScopeID("default")), key: KeyNumber(rawValue: 1),
        box: [UInt8](repeating: number, count: 79),
        facts: HoldFacts(
            kind: .track2, created: try #require(Timestamp(milliseconds: 1)),
            expires: try #require(Timestamp(milliseconds: 2))))
}

extension SQLiteStore {
    /// Stores one card in a transaction of its own.
    func insert(_ card: NewCard) async throws(StoreError) -> [InsertOutcome] {
        try await write { transaction throws(StoreError) in
            try transaction.insert([card])
        }
    }
}

extension BackupStore {
    /// Puts a copy in the place of the store as it is.
    func replace(with path: String, keepingOldAs old: String?) async throws(StoreError) {
        try await replace(with: path, keepingOldAs: old) { _, _ in }
    }
}
