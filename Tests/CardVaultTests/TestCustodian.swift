// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import SecretMemory
internal import Testing

/// The custodian of the vaults of tests. They have their root key and their slot in common, and
/// nothing else: trying a passphrase costs 65 ms, and there are more than a thousand vaults.
enum TestCustodian {
    static let secret = "correct horse 1"

    private static let first = Result { try newVault(at: "/nowhere/keyring.json") }

    /// A keyring that is not written yet, of a vault with the common root key.
    static func draft(
        at path: String, binDigitCount: Int, moment: Timestamp
    ) throws -> KeyringFile {
        let first = try first.get()
        return try KeyringFile.draft(
            in: KeyringPath(path), of: first.current().vault, root: first.opened.root,
            slots: first.current().slots, slab: first.slab, scope: #require(ScopeID("default")),
            binDigitCount: binDigitCount, moment: moment)
    }

    /// A keyring that is not written yet, of a vault that has nothing in common with others, at the
    /// least cost that a file may ask for.
    static func newVault(
        at path: String, binDigitCount: Int = 6, moment: Timestamp = .now()
    ) throws -> KeyringFile {
        try KeyringFile.draft(
            at: path, passphrase: Passphrase(secret.utf8.span),
            scope: #require(ScopeID("default")), binDigitCount: binDigitCount,
            cost: #require(Argon2id(memory: 65_536, passes: 2)), moment: moment)
    }

    /// The keyring that a file is: with the common root key where it has that one, else by the
    /// passphrase.
    static func unlock(_ path: String) throws -> KeyringFile { try unlock(KeyringPath(path)) }

    static func unlock(_ source: any KeyringSource) throws -> KeyringFile {
        let first = try first.get()
        do throws(KeyringError) {
            return try KeyringFile.open(source, sharing: first)
        } catch .needsUnlock {
            return try KeyringFile.unlock(
                from: source, with: .passphrase(Passphrase(secret.utf8.span)))
        }
    }
}
