// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
internal import Synchronization

/// The one writer of a vault: it joins what many tasks write at once into one transaction.
final class Writer: Sendable {
    /// How many deeds one transaction takes at most.
    static let joinLimit = 256
    /// How often, in milliseconds, a transaction also removes what has expired.
    static let sweepInterval: UInt64 = 1_000
    /// How many cards and how many holds one transaction removes at most.
    static let sweepLimit = 64

    private let store: any VaultStore
    private let caller: Caller
    private let now: @Sendable () -> Timestamp
    let patience: Duration
    private let line = Mutex(Line())
    private let committer = Committer()

    /// - Parameters:
    ///   - store: what is written to.
    ///   - caller: in whose name expired records are removed.
    ///   - patience: how long a deed that is to reveal something waits for the disk.
    ///   - now: the clock.
    init(
        store: any VaultStore, caller: Caller, patience: Duration = .seconds(10),
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.caller = caller
        self.patience = patience
        self.now = now
    }

    /// How many deeds wait for the next transaction.
    var waitingCount: Int { line.withLock { $0.waiting.count } }

    /// Runs `body` in a transaction, perhaps with those of other tasks, and returns when it is
    /// durable.
    ///
    /// `body` may run twice: when a deed fails a joined transaction, each is tried alone.
    ///
    /// - Parameters:
    ///   - keys: what the audit log is written with.
    ///   - isImpatient: whether to give up with `stalled` when the disk does not answer. The deed
    ///     may become durable after that.
    ///   - body: what is to be done.
    func write<R: Sendable>(
        under keys: AuditKeys, isImpatient: Bool = false,
        _ body: @escaping @Sendable (any StoreTransaction, AuditPen) throws(StoreError) -> R
    ) async throws(WriteError) -> R {
        let outcome: Result<R, WriteError> = await withCheckedContinuation { continuation in
            join(Deed(keys, isImpatient, body) { continuation.resume(returning: $0) })
        }
        return try outcome.get()
    }

    private func join(_ deed: Deed) {
        let (isFirst, isUnwatched) = line.withLock { line in
            line.waiting.append(deed)
            defer {
                line.isCommitting = true
                line.isWatched = line.isWatched || deed.isImpatient
            }
            return (!line.isCommitting, !line.isWatched && deed.isImpatient)
        }
        if isFirst { Task.immediate { await committer.commitWaiting(of: self) } }
        if isUnwatched { watch() }
    }

    /// Looks at the waiting deeds now and then, as long as there are any, and ends the wait of
    /// those that waited too long. Whoever waits holds the writer: the watch does not, so that a
    /// vault that is dropped closes its store.
    private func watch() {
        Task { [weak self, pause = patience / 4] in
            repeat { try? await Task.sleep(for: pause) } while self?.endLateWaits() == true
        }
    }

    /// Ends the wait of those that waited too long; tells whether there is anyone left to watch.
    private func endLateWaits() -> Bool {
        let late: [Deed]? = line.withLock { line in
            let deeds = (line.waiting + line.atWork).filter(\.isImpatient)
            guard !deeds.isEmpty else {
                line.isWatched = false
                return nil
            }
            let late = deeds.filter { $0.begin.duration(to: .now) > patience }
            line.waiting.removeAll { deed in late.contains { $0 === deed } }
            return late
        }
        guard let late else { return false }
        for deed in late { deed.finish(failing: .store(StoreError(.stalled))) }
        return true
    }

    /// Takes the deeds of the next transaction; nil when nobody waits.
    func take() -> [Deed]? {
        line.withLock { line in
            line.atWork = Array(line.waiting.prefix(Self.joinLimit))
            line.waiting.removeFirst(line.atWork.count)
            line.isCommitting = !line.atWork.isEmpty
            return line.isCommitting ? line.atWork : nil
        }
    }

    /// Why a transaction was not committed, and what was the reason.
    struct Failure {
        let error: WriteError
        /// One of its deeds was.
        let isOfDeed: Bool
        /// What has expired could not be removed.
        let isOfSweep: Bool
    }

    /// Commits deeds in one transaction; returns why it could not, with nothing done.
    ///
    /// - Parameter sweeping: the moment at which what has expired is removed too; nil for none.
    ///   Set to nil when nothing is left to remove.
    func commit(_ deeds: [Deed], sweeping moment: inout Timestamp?) async -> Failure? {
        guard let keys = deeds.map(\.keys).max(by: { $0.epoch < $1.epoch }) else { return nil }
        var pen: AuditPen?
        var isInDeed = false
        var isInSweep = false
        var isSwept = true
        do throws(StoreError) {
            try await store.write { transaction throws(StoreError) in
                let newPen = AuditPen(transaction, keys)
                pen = newPen
                isInDeed = true
                for deed in deeds { try deed.run(in: transaction, newPen) }
                isInDeed = false
                if let moment {
                    isInSweep = true
                    isSwept = try sweep(transaction, newPen, at: moment)
                    isInSweep = false
                }
                try newPen.finish()
            }
        } catch {
            if pen?.isStale == true {
                return Failure(error: .stale, isOfDeed: false, isOfSweep: isInSweep)
            }
            if let refusal = pen?.refusal {
                return Failure(error: .refused(refusal), isOfDeed: isInDeed, isOfSweep: isInSweep)
            }
            return Failure(error: .store(error), isOfDeed: isInDeed, isOfSweep: isInSweep)
        }
        if isSwept { moment = nil }
        for deed in deeds { deed.finish() }
        return nil
    }

    /// Removes some of what has expired; tells whether nothing is left.
    private func sweep(
        _ transaction: any StoreTransaction, _ pen: AuditPen, at moment: Timestamp
    ) throws(StoreError) -> Bool {
        let swept = try transaction.sweep(at: moment, limit: Self.sweepLimit)
        try pen.append(swept.events(at: moment, by: caller))
        return swept.tokens.count < Self.sweepLimit && swept.holds.count < Self.sweepLimit
    }

    func moment() -> Timestamp { now() }

    private struct Line {
        var waiting: [Deed] = []
        var atWork: [Deed] = []
        var isCommitting = false
        var isWatched = false
    }
}
