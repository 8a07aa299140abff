// SPDX-License-Identifier: Apache-2.0

// Stores a published sandbox number and gets it back. Usage: HelloVault [FOLDER]
//
// The lines between the marks are those of README.md; `scripts/lib/readme-snippet` compares them.

import Foundation

// README begins
import CardVault
import CardVaultSQLite
import SecretMemory

try ProcessHardening.apply()  // a crash must not print a key
// README ends
try await DemoFolder.enter(CommandLine.arguments.dropFirst().first)

// README begins
let keyring = try KeyringFile.unlock(
    at: "keyring.json", with: .passphrase(Passphrase(contentsOf: "passphrase.txt")))
let vault = try await Vault(keyring: keyring, store: SQLiteStore(path: "cards.db"))
let shop = try await vault.scope("default", as: "checkout")

let pan = try PAN("4111 1111 1111 1111")
let card = try await shop.tokenize(pan, expiry: ExpiryDate("12/30"))
print(card.token, card.display)  // tok_01K… 411111••••••1111

let found = try await shop.find(pan)
let back = try await shop.detokenize(card.token, purpose: "settlement")
// README ends

print("found again:", found?.token == card.token)
print("the same card:", back.isSame(as: pan).declassify())
guard found?.token == card.token, back.isSame(as: pan).declassify() else {
    throw CocoaError(.coderInvalidValue)
}
