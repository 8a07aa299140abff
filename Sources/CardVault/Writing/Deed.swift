// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// What one task wants to write. The committer runs it; who answers first ends the wait.
final class Deed: @unchecked Sendable {  // run by the committer alone, answered once
    let keys: AuditKeys
    let isImpatient: Bool
    let begin = ContinuousClock.now
    private let body: (any StoreTransaction, AuditPen) throws(StoreError) -> Void
    private let answer: (WriteError?) -> Void
    private let isAnswered = Atomic(false)

    init<R: Sendable>(
        _ keys: AuditKeys, _ isImpatient: Bool,
        _ body: @escaping @Sendable (any StoreTransaction, AuditPen) throws(StoreError) -> R,
        resume: @escaping @Sendable (Result<R, WriteError>) -> Void
    ) {
        let result = Slot<R>()
        self.keys = keys
        self.isImpatient = isImpatient
        self.body = { transaction, pen throws(StoreError) in
            result.value = try body(transaction, pen)
        }
        answer = { failure in
            if let failure {
                resume(.failure(failure))
            } else if let value = result.value {
                resume(.success(value))
            }
        }
    }

    /// Whether the task that waited has its answer.
    var isFinished: Bool { isAnswered.load(ordering: .acquiring) }

    func run(in transaction: any StoreTransaction, _ pen: AuditPen) throws(StoreError) {
        try body(transaction, pen)
    }

    /// Answers the task that waits, the first time that it is called.
    func finish(failing failure: WriteError? = nil) {
        guard !isAnswered.exchange(true, ordering: .acquiringAndReleasing) else { return }
        answer(failure)
    }

    private final class Slot<R> {
        var value: R?
    }
}
