// SPDX-License-Identifier: Apache-2.0
internal import CardKeys

/// Where transactions run: an executor that may wait for a disk.
actor Committer {
    /// How long a transaction is put off, at most, for others to join it.
    private static let gatheringLimit = Duration.milliseconds(2)

    private let executor = QueueExecutor(label: "card-vault.writer")
    private var hasCommitted = false
    private var lastSweep: Timestamp?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.reference }

    /// Commits until nobody waits.
    func commitWaiting(of writer: Writer) async {
        await Task.yield()
        while let joined = writer.take() {
            let begin = ContinuousClock.now
            if let failure = await commit(joined, writer) {
                // A store that neither begins nor commits fails all: alone, each would wait for it
                // in vain.
                let isRetried = failure.isOfDeed && joined.count > 1
                for deed in joined where !deed.isFinished {
                    let error = isRetried ? await commit([deed], writer)?.error : failure.error
                    if let error { deed.finish(failing: error) }
                }
            }
            let patience = min(begin.duration(to: .now) / 2, Self.gatheringLimit)
            await gather(joined.count, for: patience, writer)
        }
    }

    /// Gives those who have just been answered time to come again, so that they join: until as many
    /// wait as last time, but no longer than half of what the commit took.
    private func gather(_ count: Int, for limit: Duration, _ writer: Writer) async {
        let begin = ContinuousClock.now
        repeat {
            await Task.yield()
        } while writer.waitingCount < count && begin.duration(to: .now) < limit
    }

    private func commit(_ deeds: [Deed], _ writer: Writer) async -> Writer.Failure? {
        let now = writer.moment()
        var sweeping = isSweepDue(now) ? now : nil
        var failure = await writer.commit(deeds, sweeping: &sweeping)
        if let cause = failure, cause.isOfSweep {
            // What cannot be removed must not keep anybody from writing.
            sweeping = nil
            failure = await writer.commit(deeds, sweeping: &sweeping)
        }
        if failure == nil && sweeping == nil && isSweepDue(now) { lastSweep = now }
        hasCommitted = true
        return failure
    }

    /// Not with the first commit, which tells that a vault was opened: who opens one to see what
    /// has expired finds it. A clock that was set back is no reason to wait.
    private func isSweepDue(_ now: Timestamp) -> Bool {
        guard hasCommitted else { return false }
        guard let lastSweep, lastSweep <= now else { return true }
        return now.milliseconds - lastSweep.milliseconds >= Writer.sweepInterval
    }
}
