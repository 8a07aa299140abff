// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardVault
internal import ConstantTime
internal import SecretMemory

/// What is made from a key and compared: ids, check values, fingerprints, codes, tokens.
extension Operation {
    static let keys = [
        Operation("key id, and look-up by it") {
            let slab = try KeySlab(locking: .optedOut)
            let key = try Secret.key(.data, .xaes256GCM, in: slab)
            let other = try Secret.key(.data, .xaes256GCM, in: slab)
            require([other.id: 1, key.id: 2][key.id] == 2, "a key is found by its id")
        },
        Operation("key check value (KCV)") {
            let slab = try KeySlab(locking: .optedOut)
            let key = try Secret.key(.data, .xaes256GCM, in: slab)
            require(key.checkValue.description.count == 6, "a check value has six digits")
        },
        Operation("fingerprint of a card number") {
            let slab = try KeySlab(locking: .optedOut)
            let key = FingerprintKey(try Secret.key(.fingerprint, .hmacSHA256, in: slab))
            let number = Secret.bytes([16, 0, 14, 155, 141, 181, 201, 215, 199])
            let fingerprint = key.fingerprint(of: number.span, scope: "shop")
            Secret.release(fingerprint.bytes)
        },
        Operation("fingerprints compared") {
            let a = Fingerprint(Secret.bytes(Array(0..<16)).span)
            let b = Fingerprint(Secret.bytes(Array(0..<15) + [16]).span)
            let again = Fingerprint(Secret.bytes(Array(0..<16)).span)
            require(a != b && a == again, "fingerprints are compared")
        },
        Operation("tokens compared") {
            let text = "tok_01K9ZZ5R4T8Q2V6X3Y7W1ABCDE"
            let (a, b) = (try Token(text), try Token(String(text.dropLast()) + "F"))
            let (x, y) = (Secret.value(a), Secret.value(b))
            require(x != y && x == Secret.value(a), "tokens are compared")
        },
        Operation("code of a row, right") { try row(isAltered: false) },
        Operation("code of a row, wrong") { try row(isAltered: true) },
        Operation("head of the audit log") {
            let slab = try KeySlab(locking: .optedOut)
            let key = AuditKey(try Secret.key(.audit, .hmacSHA256, in: slab))
            Secret.release(key.head(of: [1, 2, 3], in: vault))
        },
        Operation("root key: subkeys, code of a keyring") {
            let slab = try KeySlab(locking: .optedOut)
            let root = try Secret.rootKey(in: slab)
            var code = root.keyringCode(for: "keyring".utf8.span)
            Secret.release(code)
            require(root.verifies(code, forKeyring: "keyring".utf8.span), "a code is verified")
            code[31] ^= 1
            require(!root.verifies(code, forKeyring: "keyring".utf8.span), "a code is refused")
        },
    ]

    private static func row(isAltered: Bool) throws {
        let slab = try KeySlab(locking: .optedOut)
        let key = SealKey(try Secret.key(.seal, .hmacSHA256, in: slab))
        let row = Frame("row")
        var code = key.code(for: row)
        Secret.release(code)
        if isAltered { code[0] ^= 1 }
        require(key.verifies(code, for: row) != isAltered, "a code is verified unless altered")
    }
}
