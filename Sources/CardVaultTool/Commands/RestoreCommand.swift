// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardCrypto
internal import CardVault
internal import CardVaultSQLite

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the place of the store, once every byte of it is checked.",
        discussion: """
            The keyring stays. Stop every server before, and open the store anew in each. A store \
            that is damaged is kept, as STORE.dropped where --keep-old names no file.
            """)

    @OptionGroup var options: VaultOptions
    @OptionGroup var confirmation: Confirmation
    @Argument(help: "The folder of the backup.") var folder: String
    @Option(help: "A file for the present store, on the same disk (default: it is not kept).")
    var keepOld: String?

    func validate() throws {
        guard !folder.isEmpty, keepOld != "" else { throw ValidationError("A file needs a name.") }
    }

    func run() async throws {
        let keyring = try options.unlockKeyring()
        let isLost = try !FileName.exists(options.store)
        let store = try present(isLost: isLost)
        let plan = try await Vault.planRestore(
            of: folder, with: keyring, over: store, through: options.store + ".restore")
        let old = plan.needsOldStore ? try keepOld ?? droppedName() : keepOld
        RestoreWarning(plan, keepingOldAs: old).print()
        if !isLost { try confirmation.require() }
        try await restore(plan, keyring, over: store, keepingOldAs: isLost ? nil : old)
        let report = Restored(plan, keptAs: isLost ? nil : old)
        guard !options.json else { return try Report.json(report) }
        Report.line("Restored the store of \(report.created), cards: \(report.cards).")
        Report.line("Run 'card-vault reseal' to seal them under new keys.")
    }

    private func restore(
        _ plan: RestorePlan, _ keyring: KeyringFile, over store: any BackupStore,
        keepingOldAs old: String?
    ) async throws {
        do throws(VaultError) {
            try await Vault.restore(
                plan, with: keyring, over: store, keepingOldAs: old,
                as: Operator.current.actor, from: Operator.current.origin,
                logger: VaultOptions.silence)
        } catch {
            guard let old, let systemCode = error.store?.systemCode,
                FileError(.rename, systemCode: systemCode).isAlreadyThere
            else { throw error }
            throw ToolError.fileExists(
                path: old, hint: "Choose another --keep-old, or move the file.")
        }
    }

    /// What is in the place of the store, whatever it is.
    private func present(isLost: Bool) throws(StoreError) -> any BackupStore {
        guard !isLost else { return try SQLiteStore.create(path: options.store) }
        do throws(StoreError) {
            return try SQLiteStore(path: options.store)
        } catch {
            guard [.notAStore, .corrupt].contains(error.code) else { throw error }
            return try DamagedStore(path: options.store)
        }
    }

    /// A name for a store that must be kept, which nothing bears.
    private func droppedName() throws(FileError) -> String {
        let name = options.store + ".dropped"
        var (free, number) = (name, 1)
        while try isTaken(free) {
            number += 1
            free = "\(name)-\(number)"
        }
        return free
    }

    private func isTaken(_ name: String) throws(FileError) -> Bool {
        if try FileName.exists(name) { return true }
        return try FileName.exists(name + "-wal")
    }
}

/// What a restore did.
private struct Restored: Encodable {
    private let id: String
    let created: String
    let cards: Int
    private let lostCards: Int
    private let deadScopes: [String]
    /// Those that were destroyed since the backup, and of which it needs the bytes.
    private let lostKeys: [String]
    /// Those of which the present store does not tell what was compromised or destroyed since.
    private let uncheckedScopes: [String]
    /// Whether what the present store had, and the backup has not, is unknown.
    private let lossUnknown: Bool
    /// Whether the present store tells which keyrings are too old.
    private let keyringChecked: Bool
    /// Whether the present audit log goes on.
    private let keepsLog: Bool
    /// Where the old store is.
    private let keptAs: String?

    init(_ plan: RestorePlan, keptAs: String?) {
        id = plan.manifest.record.name
        created = plan.manifest.record.created.iso8601
        cards = plan.manifest.counts.cards
        lostCards = plan.lostCardCount
        deadScopes = plan.deadScopes.map(\.description)
        lostKeys = plan.lostKeys.map(\.key.id.description)
        uncheckedScopes = plan.uncheckedScopes.map(\.description)
        lossUnknown = plan.isLossUnknown
        keyringChecked = plan.isKeyringChecked
        keepsLog = plan.log == .kept
        self.keptAs = keptAs
    }
}
