// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardVault
internal import Synchronization

/// A store that counts the transactions of another, and does something before each.
final class StoreProbe: ForwardingStore {
    typealias Hook = @Sendable (_ count: Int) async throws(StoreError) -> Void

    let base: any VaultStore
    private let count = Mutex(0)
    private let hook = Mutex<Hook?>(nil)

    init(_ base: any VaultStore) { self.base = base }

    /// How many transactions were begun.
    var writeCount: Int { count.withLock { $0 } }

    /// Runs `body` before each transaction from now on; it gets their number, from 1.
    func beforeWrite(_ body: @escaping Hook) {
        count.withLock { $0 = 0 }
        hook.withLock { $0 = body }
    }

    func write<R: Sendable>(
        _ body: (any StoreTransaction) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        let number = count.withLock { count in
            count += 1
            return count
        }
        if let hook = hook.withLock({ $0 }) { try await hook(number) }
        return try await base.write(body)
    }
}

/// A transaction of a store that answers in its own way what becomes of new cards.
struct InsertingTransaction: ForwardingTransaction {
    let base: any StoreTransaction
    let inserting: ([NewCard]) throws(StoreError) -> [InsertOutcome]

    func insert(_ cards: [NewCard]) throws(StoreError) -> [InsertOutcome] {
        try inserting(cards)
    }
}

/// A store that is opened anew for every call, as if each came from a process of its own.
struct ReopeningStore: VaultStore {
    let isEphemeral = false
    let open: @Sendable () throws(StoreError) -> any VaultStore

    func card(_ token: Token) async throws(StoreError) -> CardRecord? {
        try await open().card(token)
    }

    func read<R: Sendable>(
        _ body: (any StoreReader) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        try await open().read(body)
    }

    func write<R: Sendable>(
        _ body: (any StoreTransaction) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        try await open().write(body)
    }
}

/// Holds tasks back until it is opened.
actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func wait() async {
        guard !isOpen else { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}
