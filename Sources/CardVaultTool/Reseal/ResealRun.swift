// SPDX-License-Identifier: Apache-2.0
internal import CardVault

/// A reseal before the eyes of a person, who may interrupt it between two pages.
struct ResealRun {
    private let reseal: Reseal
    private let scope: String?
    private let isDryRun: Bool

    /// Prepares a reseal of a scope, or of all.
    init(
        of vault: Vault, _ scope: String?, _ options: VaultOptions, _ how: ResealOptions
    ) async throws {
        self.scope = scope
        isDryRun = how.isDryRun
        reseal =
            scope == nil
            ? vault.reseal(how) : try await options.openScope(of: vault).reseal(how)
    }

    /// Does all of it.
    ///
    /// - Throws: ``KeyRefusal/resealInterrupted(walked:of:scope:)`` after the page at hand.
    func finish() async throws -> ResealReport {
        let interruption = Interruption()
        defer { interruption.end() }
        var line: ProgressLine?
        var latest: ResealProgress?
        defer { line?.end() }
        for try await progress in reseal {
            // Where keys were rotated meanwhile, the walk begins anew.
            if progress.walkedCount < latest?.walkedCount ?? .max { line = self.line(progress) }
            line?.show(at: progress.walkedCount, done: progress.walkedCount)
            latest = progress
            guard !Interruption.isNoted || progress.isFinished else {
                throw KeyRefusal.resealInterrupted(
                    walked: progress.walkedCount, of: progress.totalCount, scope: scope)
            }
        }
        return ResealReport(latest, isDryRun: isDryRun)
    }

    private func line(_ progress: ResealProgress) -> ProgressLine {
        let walked = progress.walkedCount
        return ProgressLine(of: progress.totalCount, at: walked, done: walked, "cards")
    }
}
