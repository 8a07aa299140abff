// SPDX-License-Identifier: Apache-2.0
import CardVault
import Synchronization

/// Another store, whose write transactions are counted.
public final class CountingStore: VaultStore {
    private let base: any VaultStore
    private let count = Atomic(0)

    /// Counts those of `base`.
    public init(_ base: any VaultStore) { self.base = base }

    /// How many there were.
    public var transactionCount: Int { count.load(ordering: .relaxed) }

    /// As the other's.
    public var isEphemeral: Bool { base.isEphemeral }

    /// As the other's.
    public func card(_ token: Token) async throws(StoreError) -> CardRecord? {
        try await base.card(token)
    }

    /// As the other's.
    public func read<R: Sendable>(
        _ body: (any StoreReader) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        try await base.read(body)
    }

    /// As the other's, and counted.
    public func write<R: Sendable>(
        _ body: (any StoreTransaction) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        count.add(1, ordering: .relaxed)
        return try await base.write(body)
    }
}
