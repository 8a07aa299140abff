// SPDX-License-Identifier: Apache-2.0
internal import CardKeys

/// What the new tokens of one call have in common.
struct CardTerms: Sendable {
    let format: TokenFormat
    let created: Timestamp
    /// When the tokens end; nil when they do not.
    let expires: Timestamp?

    /// - Throws: `badLifetime` when the lifetime is not more than zero, or ends after all time.
    init(
        _ format: TokenFormat, for lifetime: Duration?, from moment: Timestamp
    ) throws(VaultError) {
        self.format = format
        created = moment
        guard let lifetime else {
            expires = nil
            return
        }
        guard let end = Lifetime.end(of: lifetime, from: moment) else {
            throw VaultError(.badLifetime)
        }
        expires = end
    }
}
