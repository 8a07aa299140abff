// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Testing

@testable import CardVault
@testable import CardVaultTool

@Suite("A failed unlock") struct FailedUnlockTests {
    @Test(arguments: ["wrong horse 10000", "short 1"])
    func `goes to the system's log, without the secret`(secret: String) async throws {
        let vault = try await ToolVault()
        let lines = try unlocking(vault.scratch, secret)
        let path = printable(withoutNumbers(vault.scratch.file("keyring.json")), limit: 256)
        let someone = Operator.current
        #expect(
            lines == [
                "failed unlock of \(path) by '\(someone.actor)' from '\(someone.origin)': "
                    + "The secret opens no slot of the keyring."
            ])
    }

    @Test func `shows neither a card number nor a new line of its path`() throws {
        let scratch = try Scratch()
        let name = "4111111111111111\nfake"
        try scratch.write([0], to: name)
        let lines = try unlocking(scratch, "wrong horse 10000", keyring: name)
        #expect(lines.count == 1 && lines.allSatisfy { !$0.contains("\n") })
        #expect(!Leaks(of: ["4111111111111111"]).areIn(lines.joined().utf8))
    }

    @Test func `of a keyring that is not there is none`() throws {
        #expect(try unlocking(Scratch(), "wrong horse 10000").isEmpty)
    }

    @Test func `is not what a right passphrase is`() async throws {
        let vault = try await ToolVault()
        #expect(try unlocking(vault.scratch, ToolVault.passphrase, fails: false).isEmpty)
    }

    @Test func `reaches the system's log without a word when there is none`() {
        SystemLog.warn("card-vault: a test of the log; 100 % of %s is text")
    }

    /// What goes to the log.
    private func unlocking(
        _ scratch: Scratch, _ secret: String, keyring: String = "keyring.json", fails: Bool = true
    ) throws -> [String] {
        let secret = try scratch.write(secret.utf8, to: "secret")
        let options = try VaultOptions.parse([
            "--keyring", scratch.file(keyring), "--passphrase-file", secret,
        ])
        var lines: [String] = []
        if fails {
            #expect(throws: KeyringError.self) {
                _ = try options.unlockKeyring { lines.append($0) }
            }
        } else {
            _ = try options.unlockKeyring { lines.append($0) }
        }
        return lines
    }
}
