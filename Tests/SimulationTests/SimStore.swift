// SPDX-License-Identifier: Apache-2.0
@testable internal import CardKeys
@testable internal import CardVault

/// The store on the shared disk, as one process reads and writes it. It waits for its turn before
/// each access and after it.
struct SimStore: VaultStore {
    let process: SimProcess

    /// Its records outlive the process: pins count.
    var isEphemeral: Bool { false }

    func card(_ token: Token) async throws(StoreError) -> CardRecord? {
        try await read { reader throws(StoreError) in try reader.card(token) }
    }

    func read<R: Sendable>(
        _ body: (any StoreReader) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        try await process.pass()
        if process.fails() { throw StoreError(.failed) }
        let base = MemoryTransaction(process.disk.content.store)
        let result = try body(SimTransaction(base, process, isReading: true))
        try await process.pass()
        return result
    }

    func write<R: Sendable>(
        _ body: (any StoreTransaction) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        try await process.pass()
        if process.fails() { throw StoreError(.full) }
        let before = process.disk.content
        let base = MemoryTransaction(before.store)
        let result = try body(SimTransaction(base, process, isReading: false))
        let after = base.state
        process.witness?.check(after, after: before)
        process.disk.change { $0.store = after }
        try await process.pass()
        process.releaseKeyring()
        return result
    }
}
