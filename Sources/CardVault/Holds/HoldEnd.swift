// SPDX-License-Identifier: Apache-2.0

/// The end of a hold: its row is gone and the deed on record in one transaction.
struct HoldEnd: Sendable {
    let id: HoldID
    /// What goes on record of it.
    let event: AuditEvent

    /// Ends the hold; false, and nothing done, when it has ended before.
    func end(in transaction: any StoreTransaction, _ pen: AuditPen) throws(StoreError) -> Bool {
        guard try transaction.delete(id) else { return false }
        try pen.append([event])
        return true
    }
}
