// SPDX-License-Identifier: Apache-2.0
internal import CardKeys

/// A job that brings stored cards under the latest keys, as a sequence of its progress.
///
/// It opens each card, seals it under the latest data key, opens the new box and compares before
/// the old box is replaced; and gives it a search row of every live fingerprint key. A card that
/// somebody changes meanwhile is read again, never overwritten. A card that does not open is left
/// as it is, and listed.
///
/// Each page of cards is one transaction, which also writes where the walk stands: leave the loop
/// at any time, or lose the process, and a later reseal goes on there. Memory is bounded by a page.
public struct Reseal: AsyncSequence, Sendable {
    /// How far it has come, after each page.
    public typealias Element = ResealProgress
    /// Why it cannot go on.
    public typealias Failure = VaultError

    private let vault: Vault
    private let caller: Caller
    private let scope: ScopeID?
    private let options: ResealOptions

    init(_ vault: Vault, _ caller: Caller, _ scope: ScopeID?, _ options: ResealOptions) {
        self.vault = vault
        self.caller = caller
        self.scope = scope
        self.options = options
    }

    /// Begins, or goes on.
    public func makeAsyncIterator() -> Iterator {
        Iterator(job: ResealJob(vault, caller, scope, options))
    }

    /// Does a page of the work each time that it is asked.
    public struct Iterator: AsyncIteratorProtocol {
        let job: ResealJob

        /// How far the job has come after the next page; nil when nothing is left.
        ///
        /// - Throws: ``VaultError``: `noSealingKey`, `keyExpired`, `cancelled`, or what the store
        ///   said. What was written before stays.
        public mutating func next() async throws(VaultError) -> ResealProgress? {
            try await job.step()
        }

        /// The same, on the actor that asks.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(VaultError) -> ResealProgress? {
            try await job.step()
        }
    }
}

extension Vault {
    /// Brings the cards of every scope under the latest keys. See ``Reseal``.
    ///
    /// Cards of unknown keys are listed as such that do not open, but for a time in which they may
    /// be those of a scope that is not known: while the vault ``needsUnlock``, or a scope is one of
    /// ``damagedScopes()``. They are passed by then.
    public func reseal(_ options: ResealOptions = ResealOptions()) -> Reseal {
        Reseal(self, caller, nil, options)
    }
}

extension Scope {
    /// Brings the cards of the scope under the latest keys. See ``Reseal``.
    public func reseal(_ options: ResealOptions = ResealOptions()) -> Reseal {
        Reseal(vault, caller, id, options)
    }
}
