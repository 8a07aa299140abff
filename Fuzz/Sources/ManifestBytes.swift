// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import SecretMemory

extension Target {
    /// The manifest of a backup, as it is and with the code that a seal key makes of it.
    static let manifest = Target(name: "manifest") { text in
        claim(opened(text) == nil, "a manifest is taken with the code of its seal key alone")
        let body = (try? KeyringText.split(text))?.body ?? text[...]
        var frame = Frame("card-vault/1 backup", capacity: body.count + 64)
        frame.append(Array(body))
        let sealed = KeyringText.join(Array(body), code: sealKey.key.code(for: frame))
        guard let manifest = opened(sealed) else { return }
        taken()
        claim(opened(altered(sealed)) == nil, "a manifest is taken where no bit of it is altered")
        let printed = manifest.text(sealedBy: sealKey.key)
        claim(opened(printed) == manifest, "what is printed is the same manifest")
        let counts = manifest.counts
        claim(
            min(counts.cards, counts.holds, counts.auditEntries) >= 0, "counts are no less than 0")
        plant(counts.cards == counts.holds)
    }

    private static let sealKey = SealKeyEntry(
        fixture {
            try KeyMaterial.generate(
                purpose: .seal, suite: .hmacSHA256, in: KeySlab(locking: .optedOut))
        })

    /// What `text` is, whichever key it names.
    private static func opened(_ text: [UInt8]) -> BackupManifest? {
        try? BackupManifest(text) { _ throws(VaultError) in sealKey }
    }
}
