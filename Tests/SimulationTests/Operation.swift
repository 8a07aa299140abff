// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
internal import CardVault

/// A process at work: its vault, over its own view of the disk.
struct Machine: Sendable {
    let vault: Vault
    let keyring: KeyringFile
    let process: SimProcess
}

/// One thing that a process is asked to do, and what may come of it.
struct Operation: Sendable {
    /// As the trace has it: without anything random.
    let name: String
    /// Refusals that are right by the time of the answer, whatever the disk does.
    let refusals: @Sendable () -> Set<VaultError.Code>
    /// Does it, looks at the answer, and says in short what it was.
    let run: @Sendable (Machine) async throws -> String

    init(
        name: String, refusals: @escaping @Sendable @autoclosure () -> Set<VaultError.Code> = [],
        run: @escaping @Sendable (Machine) async throws -> String
    ) {
        self.name = name
        self.refusals = refusals
        self.run = run
    }
}

/// From which operations are drawn.
struct Deck: Sendable {
    let dice: Dice
    let ledger: Ledger
    let clock: SimClock
    let disk: SimDisk
    let roots: Roots
    /// Whether the root key is rotated in this run: that costs a tenth of a second.
    let rotatesRoot: Bool

    /// An operation for a process that is idle.
    func draw(for machine: Machine, isTool: Bool) -> Operation {
        isTool ? drawForTool() : drawForServer(machine)
    }

    /// A scope whose making was asked for.
    func scope() -> ScopeID { dice.pick(ledger.content.scopes) ?? Template.scope }

    /// What may come of work in a scope that perhaps is not complete, or no more; of work in all,
    /// where none is named.
    func refusals(in scope: ScopeID?) -> Set<VaultError.Code> {
        let told = ledger.content
        var codes: Set<VaultError.Code> = told.hasSuspended ? [.noSealingKey] : []
        guard let scope else { return codes }
        if !told.completeScopes.contains(scope) {
            codes.formUnion([.unknownScope, .scopeIncomplete])
        }
        if told.shredding.contains(scope) { codes.insert(.scopeShredded) }
        return codes
    }
}
