// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CardVault
@testable import CardVaultTool

@Suite("Errors of keys") struct KeyHintTests {
    @Test(arguments: [
        (VaultError.Code.noSealingKey, "default", "Let it seal with 'card-vault key resume'"),
        (.keyExpired, "data key 00ff of shop", "'card-vault key rotate data --scope shop'."),
        (.keyExpired, "hold key 00ff", "'card-vault key rotate hold'."),
        (.unknownKey, "00ff", "'card-vault inventory'."),
        (.keyState, "00ff: active to destroyed", "A key that seals is rotated first."),
        (.onlyKey, "audit", "'card-vault key rotate audit' first."),
        (.keyNeeded, "data key 00ff: 3 cards", "'card-vault reseal' first."),
        (.keyNeeded, "fingerprint key 00ff: 3 search rows", "'card-vault reseal' first."),
        (.keyNeeded, "hold key 00ff: 3 holds", "'card-vault hold sweep'"),
        (.keyNeeded, "scope key 00ff: 3 wrapped keys", "'card-vault key rotate scope --all'"),
        (.keyNeeded, "audit key 00ff: 3 audit entries", "'card-vault audit archive' first."),
        (.keyNeeded, "seal key 00ff: sealed rows", "'card-vault key rotate seal' first."),
        (.scopeShredded, "shop", "'card-vault shred'"),
        (.unknownCopy, "", "'card-vault keyring copies list'."),
        (.tooManyCopies, "", "'card-vault keyring copies destroyed'."),
        (.slotsRefused, "", "Give the passphrases of the custodians who stay."),
        (.noBackups, "", "Give the store of a file."),
    ])
    func `say what to run`(code: VaultError.Code, subject: String, hint: String) {
        let failure = Failure(VaultError(code, subject: subject), of: RootCommand.self)
        #expect(failure.code == .refused)
        #expect(failure.hint.contains(hint), "\(failure.hint)")
    }

    @Test func `of a backup that is not whole are faults of its integrity`() {
        let failure = Failure(VaultError(.backupRefused), of: RootCommand.self)
        #expect(failure.code == .integrity)
        #expect(failure.hint == "Give the folder of a backup, whole and as it was written.")
    }
}
