// SPDX-License-Identifier: Apache-2.0

// Stores a published sandbox number and gets it back. Usage: HelloVault [FOLDER]
//
// The lines between the marks are those of README.md; `scripts/lib/readme-snippet` compares them.

// README begins
import CardVault
import CardVaultSQLite
import Foundation

// README ends
try await DemoFolder.enter(CommandLine.arguments.dropFirst().first)

// README begins
let secret = try [UInt8](Data(contentsOf: URL(filePath: "passphrase.txt")))
let keyring = try KeyringFile.unlock(
    at: "keyring.json", with: .passphrase(Passphrase(secret.span)))
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
guard found?.token == card.token, back.isSame(as: pan).declassify() else { exit(1) }
