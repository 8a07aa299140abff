// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardVault
internal import CardVaultSQLite

extension Bench {
    /// New keys of every purpose; the cards are sealed anew after them.
    func showRotations(_ vault: Vault) async throws {
        var teller = Teller(isDumping: true)
        for purpose in [KeyPurpose.hold, .audit, .seal] {
            teller.tell(try await vault.rotate(purpose))
        }
        for purpose in [KeyPurpose.scope, .data, .fingerprint] {
            teller.tell(try await vault.rotate(purpose, of: ScopeID("default")))
        }
    }

    /// What somebody does who has the wrong passphrase, row or backup.
    func showRefusals(_ vault: Vault, _ store: SQLiteStore, _ canary: Canary) async throws {
        var teller = Teller(isDumping: true)
        await teller.tellRefusal {
            _ = try unlock(Passphrase(Array("card \(canary.number)".utf8).span))
        }
        await teller.tellRefusal { try await vault.delete(row: [1, 2, 3]) }
        for folder in ["\(folder)/backup", "\(folder)/\(canary.number)"] {
            await teller.call {
                try await Vault.planRestore(
                    of: folder, with: unlock(passphrase()), over: store,
                    through: "\(self.folder)/cards.db.restore")
            }
        }
    }

    func showArchive(_ vault: Vault) async throws {
        var teller = Teller(isDumping: true)
        let count = try await vault.archiveAudit(before: .now()) {
            teller.tell(line: $0.json)
        } commit: {
        }
        teller.tell(count)
    }

    /// A scope that is made, used and shredded.
    func showShredding(_ vault: Vault, _ canary: Canary) async throws {
        var teller = Teller(isDumping: true)
        guard let id = ScopeID("shredded") else { preconditionFailure("a valid name") }
        try await vault.addScope(id)
        let scope = try await vault.scope("shredded", as: "probe")
        let pan = try PAN(canary.number)
        let card = try await scope.tokenize(pan)
        teller.tell(card)
        teller.tell(try await vault.shred(id))
        await teller.call { try await scope.tokenize(pan) }
        await teller.call { try await scope.detokenize(card.token, purpose: "probe").brand }
    }
}
