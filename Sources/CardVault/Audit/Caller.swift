// SPDX-License-Identifier: Apache-2.0

/// Who asks, and from where, as it goes on record.
struct Caller: Hashable, Sendable {
    let actor: AuditText
    let origin: AuditText?

    /// - Throws: `badActor`, `badOrigin`.
    init(_ actor: String, from origin: String?) throws(VaultError) {
        guard let actor = AuditText(actor) else { throw VaultError(.badActor) }
        self.actor = actor
        guard let origin else {
            self.origin = nil
            return
        }
        guard let text = AuditText(origin) else { throw VaultError(.badOrigin) }
        self.origin = text
    }
}
