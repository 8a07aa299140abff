// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardCrypto
internal import CardVault
internal import CardVaultSQLite

extension KeyringCommand {
    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put an exported copy in the place of the keyring, under a new root key.",
            discussion: """
                The slots are kept whose secrets are given, and no others. Keys that were \
                destroyed since stay so.
                """)

        @OptionGroup var options: VaultOptions
        @OptionGroup var slots: CustodianOptions
        @OptionGroup var confirmation: Confirmation
        @Argument(help: "The copy.") var file: String

        func run() async throws {
            var copy = options
            copy.keyring = file
            var (export, custodians) = try slots.unlock(copy)
            let store = try SQLiteStore(path: options.store)
            let loss = try await Vault.loss(restoring: export, with: store)
            warn(of: loss)
            do {
                _ = try await Vault.restoreKeyring(
                    export, to: KeyringPath(options.keyring), with: store,
                    confirming: Set(loss.lost.map(\.id)), shredding: Set(loss.unknownScopes),
                    as: Operator.current.actor, from: Operator.current.origin,
                    logger: VaultOptions.silence
                ) { rotation throws(KeyringError) in
                    try custodians.keep(&rotation) { dropped throws(ToolError) in
                        guard !dropped.isEmpty || !loss.isEmpty else { return }
                        try confirmation.require()
                    }
                }
            } catch {
                throw custodians.reason(error)
            }
            try report(loss)
        }

        /// Says what a person must know before.
        private func warn(of loss: KeyringLoss) {
            for scope in loss.unknownScopes {
                Standard.error.write(
                    "The store has no keys of the scope \(scope): it will be shredded.\n")
            }
            guard !loss.lost.isEmpty else { return }
            Standard.error.write("Keys that the store needs and the copy lacks:\n")
            for key in loss.lost {
                let scope = key.scope.map { " of \($0)" } ?? ""
                Standard.error.write("  \(key.purpose) key \(key.id)\(scope)\n")
            }
            Standard.error.write("What they made will be lost.\n")
        }

        private func report(_ loss: KeyringLoss) throws {
            let lost = loss.lost.map(\.id.description)
            guard !options.json else {
                return try Report.json([
                    "lost": lost, "closed": loss.closed.map(\.description),
                    "shredded": loss.unknownScopes.map(\.description),
                ])
            }
            Report.line("Restored the keyring under a new root key. Keys lost: \(lost.count).")
            Report.line("Every server must unlock it again. Older keyrings are refused.")
        }
    }
}

extension KeyringLoss {
    /// Whether nothing is lost that is not lost already.
    fileprivate var isEmpty: Bool { lost.isEmpty && unknownScopes.isEmpty }
}
