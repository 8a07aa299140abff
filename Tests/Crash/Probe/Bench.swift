// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardVault
internal import CardVaultSQLite
internal import Foundation

/// A vault in a folder, and what standard input says about it.
struct Bench {
    let input: [String]
    private let folder: String

    init(folder: String) throws {
        self.folder = folder
        let text = try FileHandle.standardInput.readToEnd() ?? Data()
        input = String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    func make() async throws {
        guard let id = ScopeID("default"), let cost = Argon2id(memory: 65_536, passes: 2) else {
            preconditionFailure("a valid name and a valid cost")
        }
        let keyring = try KeyringFile.draft(
            at: "\(folder)/keyring.json", passphrase: passphrase(), scope: id, cost: cost)
        let store = try SQLiteStore.create(path: "\(folder)/cards.db")
        try await Vault.initialize(keyring, store: store)
        let scope = try await scope()
        for serial in 0..<64 {
            let digits = "400000000000\(1_000 + serial)"
            let card = try await scope.tokenize(PAN(digits.utf8.span, luhn: .ignored))
            say("T \(card.token)")
        }
    }

    func passphrase() throws -> Passphrase { try Passphrase("battery staple 9".utf8.span) }

    func vault() async throws -> Vault {
        let keyring = try KeyringFile.unlock(
            at: "\(folder)/keyring.json", with: .passphrase(passphrase()))
        return try await Vault(
            keyring: keyring, store: try SQLiteStore(path: "\(folder)/cards.db"))
    }

    func scope() async throws -> Scope { try await vault().scope("default", as: "probe") }

    /// Prints a line at once: what is in a buffer dies with the process.
    func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }
}
