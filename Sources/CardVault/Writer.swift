// SPDX-License-Identifier: Apache-2.0

/// The one writer of a vault: it joins what many tasks write at once into one transaction.
actor Writer {
    /// How many deeds one transaction takes at most.
    static let joinLimit = 256

    private let store: any VaultStore
    private let executor = QueueExecutor(label: "card-vault.writer")
    private var waiting: [Deed] = []
    private var isCommitting = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.reference }

    init(store: any VaultStore) { self.store = store }

    /// How many deeds wait for the next transaction.
    var waitingCount: Int { waiting.count }

    /// Runs `body` in a transaction, perhaps with those of other tasks, and returns when it is
    /// durable.
    ///
    /// `body` may run twice: when a deed fails a joined transaction, each is tried alone.
    func write<R: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        let outcome: Result<R, StoreError> = await withCheckedContinuation { continuation in
            waiting.append(Deed(body) { continuation.resume(returning: $0) })
            if !isCommitting {
                isCommitting = true
                Task { await commitWaiting() }
            }
        }
        return try outcome.get()
    }

    /// Commits until nobody waits. It yields once before each commit: whoever is about to write
    /// joins.
    private func commitWaiting() async {
        while !waiting.isEmpty {
            await Task.yield()
            let joined = Array(waiting.prefix(Self.joinLimit))
            waiting.removeFirst(joined.count)
            guard let failure = await commit(joined) else { continue }
            // A store that neither begins nor commits fails all: alone, each would wait for it in
            // vain.
            let isRetried = failure.isOfDeed && joined.count > 1
            for deed in joined {
                let error = isRetried ? await commit([deed])?.error : failure.error
                if let error { deed.finish(failing: error) }
            }
        }
        isCommitting = false
    }

    /// Why a transaction was not committed, and whether one of its deeds was the reason.
    private struct Failure {
        let error: StoreError
        let isOfDeed: Bool
    }

    /// Commits deeds in one transaction; returns why it could not, with nothing done.
    private func commit(_ deeds: [Deed]) async -> Failure? {
        var isInDeed = false
        do throws(StoreError) {
            try await store.write { transaction throws(StoreError) in
                isInDeed = true
                for deed in deeds { try deed.run(in: transaction) }
                isInDeed = false
            }
        } catch {
            return Failure(error: error, isOfDeed: isInDeed)
        }
        for deed in deeds { deed.finish() }
        return nil
    }
}

/// What one task wants to write. Touched by the writer alone.
private final class Deed: @unchecked Sendable {  // used on the writer's executor only
    private let body: (any StoreTransaction) throws(StoreError) -> Void
    private let answer: (StoreError?) -> Void

    init<R: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws(StoreError) -> R,
        resume: @escaping @Sendable (Result<R, StoreError>) -> Void
    ) {
        let result = Slot<R>()
        self.body = { transaction throws(StoreError) in result.value = try body(transaction) }
        answer = { failure in
            if let failure {
                resume(.failure(failure))
            } else if let value = result.value {
                resume(.success(value))
            }
        }
    }

    func run(in transaction: any StoreTransaction) throws(StoreError) { try body(transaction) }
    func finish(failing failure: StoreError? = nil) { answer(failure) }

    private final class Slot<R> {
        var value: R?
    }
}
