// SPDX-License-Identifier: Apache-2.0
internal import CardData

extension CardBatch {
    /// The card number of a row, in a cell of its own.
    ///
    /// - Throws: `badPAN` with the reason where the row is no card number.
    func pan(at index: Int) throws(VaultError) -> PAN {
        if let reason = verdict(at: index) { throw VaultError(.badPAN, reason: reason) }
        do throws(PANError) {
            return try withPacked(at: index) { packed throws(PANError) in try PAN(packed: packed) }
        } catch {
            throw VaultError(.badPAN, reason: error)
        }
    }
}
