// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys

extension KeySetDraft {
    /// Fingerprint keys that have a successor.
    var outlivedFingerprintKeys: [KeyID] {
        let live = keys.filter { $0.key.purpose == .fingerprint && $0.fence == .sealing }
        let newest = primary(.fingerprint)?.key.id
        return live.map(\.key.id).filter { $0 != newest }
    }

    /// Whether a key of the set is a fingerprint key that ended.
    func isEnded(_ row: StoredKey) -> Bool {
        guard row.key.purpose == .fingerprint, let key = self[row.key.id] else { return false }
        return key.fence != .sealing
    }
}
