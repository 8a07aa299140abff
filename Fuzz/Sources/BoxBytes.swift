// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import SecretMemory

extension Target {
    /// A sealed box, under the keys and for the record of the golden boxes.
    static let box = Target(name: "box") { bytes in
        let box: SealedBox
        do throws(OpenError) { box = try SealedBox(bytes) } catch {
            claim(GoldenBox.all.allSatisfy { $0.bytes != bytes }, "a genuine box is parsed")
            return
        }
        claim(box.bytes == bytes, "a box is printed as it was read")
        for golden in GoldenBox.all {
            let isNamed = box.suite == golden.key.suite && box.keyID == golden.key.id
            // A store keeps the id elsewhere: there an altered one is no part of the box.
            let opens = isNamed && golden.opens(box.stored)
            if opens { taken() }
            claim(opens == (bytes == golden.bytes), "a box opens where no bit of it is altered")
            plant(isNamed && bytes.count > golden.bytes.count && bytes.last == 0x2a)
        }
    }
}

/// A box of Tests/Vectors/golden/sealed-box.json, with its key and its record.
private final class GoldenBox: Sendable {
    let bytes: [UInt8]
    let key: DataKey
    let binding: RecordBinding

    static let all = fixture {
        [
            try GoldenBox(
                .xchacha20Poly1305,
                "0101c2380d928fc634c455b35d923a0eb10567e18b1cd6d7bd51b4806ca59b9c6578"
                    + "6465666768696a6b6c6d6e6f707172737475767778797a7b"
                    + "6c73f72bf78be17340c90c04ba5a7a1961b944459fe369b32a"),
            try GoldenBox(
                .xaes256GCM,
                "01021c9b9e2613932dec2ff810974d786795709101c09103ecbd46331f083372680f"
                    + "6465666768696a6b6c6d6e6f707172737475767778797a7b"
                    + "d2c5d007b323dbdcf3938da01124e555910ced122e477d19b4"),
        ]
    }

    private init(_ suite: Suite, _ hex: String) throws {
        let slab = try KeySlab(locking: .optedOut)
        var secret = try slab.reserve()
        secret.withMutableBytes { for i in $0.indices { $0[i] = UInt8(i) } }
        key = try DataKey(
            KeyMaterial(secret, purpose: .data, suite: suite), in: slab, allowingSoftwareAES: true)
        var facts = Frame()
        for fact in ["010604", "343131313131", "31313131", "", "07e90c"] {
            facts.append(Hexadecimal.parse(fact) ?? [])
        }
        guard let vault = VaultID(bytes: Array(0xa0...0xaf)), let bytes = Hexadecimal.parse(hex)
        else { preconditionFailure("the golden boxes are copied wrongly") }
        binding = RecordBinding(
            vault: vault, kind: .card, scope: "acme",
            record: Array(0xb0...0xbf).span, facts: facts)
        self.bytes = bytes
    }

    /// Whether a box as a store keeps it is opened by the key, for the record.
    func opens(_ stored: [UInt8]) -> Bool {
        var plaintext = [UInt8](repeating: 0, count: stored.count - StoredBox.overhead)
        var span = plaintext.mutableSpan
        do throws(OpenError) { try key.open(stored.span, as: binding, into: &span) } catch {
            claim(plaintext.allSatisfy { $0 == 0 }, "what is refused leaves nothing")
            return false
        }
        return true
    }
}
