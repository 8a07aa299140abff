// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardCrypto
internal import CardVault

extension KeyCommand {
    struct Destroy: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Destroy a key that nothing needs. There is no way back.")

        @OptionGroup var options: VaultOptions
        @OptionGroup var confirmation: Confirmation
        @Argument(help: KeyPrefix.help) var key: KeyPrefix

        func run() async throws {
            let vault = try await options.openVault()
            let destruction = try await vault.destruction(of: try await key.find(in: vault))
            // The library refuses what cannot be, and puts the refusal on record.
            if destruction.key.state.mayBecome(.destroyed) && destruction.needs.isEmpty {
                destruction.warn()
                try confirmation.require()
            }
            try await vault.destroy(destruction.key.id)
            try DestructionReport(destruction).print(json: options.json)
        }
    }
}

extension KeyDestruction {
    /// Says what a person must know before.
    fileprivate func warn() {
        let scope = key.scope.map { " of \($0)" } ?? ""
        Standard.error.write("To be destroyed: \(key.purpose) key \(key.id)\(scope).\n")
        if let wrapper {
            Standard.error.write(
                "Older copies of the store keep it until the scope keys that wrapped it there are "
                    + "destroyed, the last of them \(wrapper).\n")
        }
        if unreadableBackupCount > 0 {
            Standard.error.write(
                "Rows of the register of backups that cannot be read: \(unreadableBackupCount). "
                    + "Each may be one more that dies with it.\n")
        }
        guard !backups.isEmpty else { return }
        Standard.error.write("Backups that die with it: \(backups.count).\n")
        for backup in backups {
            Standard.error.write("  \(backup.name) of \(backup.created.iso8601)\n")
        }
    }
}

private struct DestructionReport: Encodable {
    struct Backup: Encodable {
        let id: String
        let created: String
    }

    let destroyed: String
    let purpose: String
    let scope: Nullable<String>
    let wrapper: Nullable<String>
    let backups: [Backup]
    let unreadableBackups: Int

    init(_ destruction: KeyDestruction) {
        destroyed = destruction.key.id.description
        purpose = destruction.key.purpose.description
        scope = Nullable(destruction.key.scope?.description)
        wrapper = Nullable(destruction.wrapper?.description)
        backups = destruction.backups.map { Backup(id: $0.name, created: $0.created.iso8601) }
        unreadableBackups = destruction.unreadableBackupCount
    }

    func print(json: Bool) throws {
        guard !json else { return try Report.json(self) }
        Report.line("Destroyed the \(purpose) key \(destroyed).")
    }
}
