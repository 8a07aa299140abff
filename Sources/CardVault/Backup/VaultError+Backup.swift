// SPDX-License-Identifier: Apache-2.0
internal import CardKeys

/// What goes wrong with backups.
extension VaultError {
    /// Says it.
    var backupSentence: String {
        switch code {
        case .noBackups: "This store takes no copies of itself"
        case .backupExists: "There is something where the backup was to be made"
        case .backupFile: "A file of the backup could not be read or written"
        case .storeInUse: "Others changed the store since it was said what would be lost"
        case .oldStoreNeeded: "The present store is damaged, so that it must be kept"
        default: "The folder holds no whole backup of this vault"
        }
    }

    /// Runs `body`; nil where a store is damaged, so that nothing can be read of it. What only
    /// failed just now is thrown: it is no reason to do without.
    static func unlessDamaged<R>(
        _ body: () async throws(VaultError) -> R
    ) async throws(VaultError) -> R? {
        do throws(VaultError) {
            return try await body()
        } catch {
            let isDamaged = [.corrupt, .notAStore].contains(error.store?.code)
            guard error.code == .integrity || isDamaged else { throw error }
            return nil
        }
    }

    /// What a file operation of a backup means.
    static func file<R>(_ body: () throws(FileError) -> R) throws(VaultError) -> R {
        do throws(FileError) {
            return try body()
        } catch {
            throw VaultError(
                .backupFile, subject: error.operation.rawValue, systemCode: error.systemCode)
        }
    }
}
