// SPDX-License-Identifier: Apache-2.0

/// Why a deed was not written.
enum WriteError: Error {
    /// The store failed.
    case store(StoreError)
    /// The store has other keys of the vault by now.
    case stale
    /// The audit log was altered, or may not be written.
    case refused(VaultError)
}
