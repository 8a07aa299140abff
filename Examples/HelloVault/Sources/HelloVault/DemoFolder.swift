// SPDX-License-Identifier: Apache-2.0
import CardVault
import CardVaultSQLite
import Foundation

/// A folder with a vault and, beside it, its passphrase: for published sandbox numbers only.
enum DemoFolder {
    /// Goes into `folder`, a new temporary one by default, and makes a vault there if it has none.
    static func enter(_ folder: String?) async throws {
        let files = FileManager.default
        let folder = folder ?? files.temporaryDirectory.path + "/hello-vault-\(UUID())"
        try files.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        guard files.changeCurrentDirectoryPath(folder) else { throw CocoaError(.fileNoSuchFile) }
        if !files.fileExists(atPath: "keyring.json") {
            try await makeVault()
            print("made a vault in", folder)
        }
    }

    private static func makeVault() async throws {
        guard let scope = ScopeID("default") else { preconditionFailure("a name of a scope") }
        let passphrase = try Passphrase.generate()
        let text = passphrase.withBytes { bytes in Data(bytes.indices.map { bytes[$0] }) }
        let isWritten = FileManager.default.createFile(
            atPath: "passphrase.txt", contents: text, attributes: [.posixPermissions: 0o600])
        guard isWritten else { throw CocoaError(.fileWriteUnknown) }
        let keyring = try KeyringFile.draft(
            at: "keyring.json", passphrase: passphrase, scope: scope)
        try await Vault.initialize(keyring, store: SQLiteStore.create(path: "cards.db"))
    }
}
