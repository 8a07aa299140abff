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
}
