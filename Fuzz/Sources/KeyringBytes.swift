// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
internal import SecretMemory

extension Target {
    /// A keyring file, as it is and with the code that the root key makes of it: all that comes
    /// after the code is right is within reach of nobody else. No passphrase is tried.
    static let keyring = Target(name: "keyring") { text in
        claim(opened(text) == nil, "a keyring opens with the code of its root key alone")
        let body = (try? KeyringText.split(text))?.body ?? text[...]
        let sealed = seal(Array(body))
        guard let keyring = opened(sealed) else { return }
        taken()
        claim(opened(altered(sealed)) == nil, "a keyring opens where no bit of it is altered")
        let printed = KeyringText.print(keyring)
        let again = opened(seal(printed))
        claim(again.map { KeyringText.print($0) } == printed, "what is printed is the same keyring")
        claim(keyring.required <= keyring.generation, "no generation is asked for before its time")
        for key in keyring.keys {
            claim(keyring.key(key.id)?.sequence == key.sequence, "a key is found by its id")
            claim(key.scope.map { keyring.scope($0) != nil } ?? true, "a key has its scope")
        }
        plant(keyring.created.milliseconds != 1_795_428_113_492)
    }

    private static let root = SharedRoot(
        fixture { try RootKey.generate(in: KeySlab(locking: .optedOut)) })

    private static func opened(_ text: [UInt8]) -> Keyring? { try? root.verify(text) }

    private static func seal(_ body: [UInt8]) -> [UInt8] {
        KeyringText.join(body, code: root.key.keyringCode(for: body.span))
    }
}

/// The text with one bit altered, at a place that depends on it.
func altered(_ text: [UInt8]) -> [UInt8] {
    var text = text
    let place = text.reduce(UInt(0)) { $0 &* 31 &+ UInt($1) } % (8 * UInt(text.count))
    text[Int(place / 8)] ^= 1 << (place % 8)
    return text
}
