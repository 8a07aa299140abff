// SPDX-License-Identifier: Apache-2.0
import CardCrypto
import Foundation
import Testing

@testable import CardKeys
@testable import CardVault
@testable import CardVaultSQLite

/// The keys of a vault as the tests of their commands meet them.
extension ToolVault {
    /// A shell line that runs the tool where there is no terminal.
    static let withoutTerminal = #"exec setsid -w "$@""#
    static let cannotAsk = "This must be confirmed, and there is no terminal to ask on."

    /// Runs the tool on this vault, where there is no terminal.
    func runJob(_ arguments: [String]) throws -> Tool.Transcript {
        try Tool.run(
            arguments + ["--passphrase-file", "passphrase"], in: scratch.path,
            shell: Self.withoutTerminal)
    }

    /// The rows of the inventory for keys of a purpose, and of a scope where one is named.
    func keys(_ purpose: String, of scope: String? = nil) throws -> [[String: Any]] {
        try array("keys", of: run("inventory", "--json").output).filter {
            $0["purpose"] as? String == purpose && $0["scope"] as? String == scope
        }
    }

    /// The id of the latest key of a purpose that is in a state.
    func key(
        _ purpose: String, of scope: String? = nil, _ state: String = "active"
    ) throws -> String {
        let row = try keys(purpose, of: scope).last { $0["state"] as? String == state }
        return try #require(row?["id"] as? String)
    }

    /// The keyring, unlocked in this process.
    func unlocked(_ secret: String = passphrase) throws -> KeyringFile {
        try KeyringFile.unlock(
            at: scratch.file("keyring.json"), with: .passphrase(Passphrase(secret.utf8.span)))
    }

    /// The vault, opened in this process at a moment.
    func opened(at moment: Timestamp? = nil) async throws -> Vault {
        try await Vault(
            keyring: unlocked(), store: SQLiteStore(path: scratch.file("cards.db")),
            patience: .seconds(3_600), now: { moment ?? .now() })
    }

    /// Gives the keyring a second slot, which `secret` opens.
    func addSlot(_ secret: String) throws {
        let file = try unlocked()
        let lock = try file.lock()
        var edit = try file.edit(under: lock, at: .now())
        var keyring = edit.keyring
        keyring.slots.append(
            try CustodySlot(
                sealing: file.opened.root.key, in: keyring.vault,
                with: Passphrase(secret.utf8.span), cost: keyring.slots[0].cost, slab: file.slab))
        try edit.write(keyring, under: file.opened.root)
    }

    /// The names of the slots, in their order.
    func slots() throws -> [String] { try unlocked().current().slots.map { "\(SlotID($0))" } }

    /// Makes so many more cards in the scope `default`.
    func fill(_ count: Int) async throws {
        var batch = CardBatch(capacity: count)
        for number in GeneratedCards.distinct(count) {
            batch.append(number.utf8.span, luhn: .required)
        }
        _ = try await opened().scope("default").importCards(batch, format: .opaque)
    }

    /// Cuts the box of the card that is there, as somebody does who can write the file.
    func spoilCard() throws {
        try execute("UPDATE cards SET box = CAST(substr(box, 1, 60) || x'00ff' AS BLOB)")
    }
}

extension Tool.Transcript {
    /// What it printed, where each id of a key is `ID` and each slot or copy `NAME`.
    var anonymous: String {
        output.replacing(/[0-9a-f]{64}/, with: "ID").replacing(/[0-9a-f]{32}/, with: "RECORD")
    }
}
