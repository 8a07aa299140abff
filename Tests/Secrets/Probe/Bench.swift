// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardVault
internal import CardVaultSQLite
internal import Foundation
internal import Logging

/// A vault in a folder.
struct Bench {
    let folder: String

    func make() async throws {
        guard let id = ScopeID("default"), let cost = Argon2id(memory: 65_536, passes: 2) else {
            preconditionFailure("a valid name and a valid cost")
        }
        let keyring = try KeyringFile.draft(
            at: "\(folder)/keyring.json", passphrase: passphrase(), scope: id, cost: cost)
        let store = try SQLiteStore.create(path: "\(folder)/cards.db")
        try await Vault.initialize(keyring, store: store)
    }

    /// Straight into guarded memory.
    func passphrase() throws -> Passphrase {
        try Passphrase(contentsOf: "\(folder)/passphrase.txt")
    }

    /// The time stands still: each moment has digits, of which some could be a card's by chance.
    func vault(_ store: SQLiteStore? = nil) async throws -> Vault {
        let now = Timestamp.now()
        return try await Vault(
            keyring: unlock(passphrase()), store: store ?? SQLiteStore(path: "\(folder)/cards.db"),
            logger: log, now: { now })
    }

    func unlock(_ passphrase: consuming Passphrase) throws -> KeyringFile {
        try KeyringFile.unlock(
            at: "\(folder)/keyring.json", with: .passphrase(passphrase), logger: log)
    }

    /// Tells all there is to tell.
    private var log: Logger {
        var log = Logger(label: "probe") { StreamLogHandler.standardError(label: $0) }
        log.logLevel = .trace
        return log
    }

    /// The numbers of the folder, a line each.
    func numbers() throws -> Lines { try Lines(of: "\(folder)/numbers.txt", byteCount: 17) }

    /// The same numbers as tracks.
    func tracks() throws -> Lines { try Lines(of: "\(folder)/tracks.txt", byteCount: 37) }

    /// Says a word, and waits for a line.
    func stop(_ word: String) {
        FileHandle.standardOutput.write(Data("\(word)\n".utf8))
        _ = readLine()
    }
}
