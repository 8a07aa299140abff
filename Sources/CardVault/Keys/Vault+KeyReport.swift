// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
internal import Logging

extension Vault {
    /// How long before a key seals no more that is said: 30 days, in milliseconds.
    private static let notice: UInt64 = 30 * 86_400_000

    /// Tells the log which keys of a set are past their periods, or will be soon: servers load a
    /// set when they start, and when it changes.
    func report(_ set: KeySet) {
        let (moment, snapshot) = (now(), keyring.current())
        for row in set.keys where row.fence.opens {
            let key = row.key.purpose.isStoreHeld ? row.key : snapshot.key(row.key.id)
            guard let key, key.state.opens else { continue }
            let about: Logger.Metadata = ["key": "\(key.id)", "purpose": "\(key.purpose)"]
            if let end = snapshot.periods.recipientEnd(of: key), end <= moment {
                log.warning("a key is past its recipient-usage period", metadata: about)
            } else if key.state.seals, row.fence == .sealing,
                let end = snapshot.periods.originatorEnd(of: key),
                end.milliseconds < moment.milliseconds + Self.notice
            {
                log.warning("a key must be rotated soon, or seals no more", metadata: about)
            }
        }
    }
}
