// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import SecretMemory
internal import Testing

/// Guarded memory for the keys of all tests. How much of it a process may lock is another module's
/// subject.
func sampleSlab() throws -> KeySlab { try sharedSlab.get() }

private let sharedSlab = Result { try KeySlab(locking: .optedOut) }

/// The bytes 00 to 1f.
let sampleBytes: [UInt8] = Array(0..<32)

/// 9 bytes that stand for card data, as a frame of the published test number 4111111111111111 has
/// them.
let samplePlaintext: [UInt8] = [0x10, 0x00, 0x0e, 0x9b, 0x08, 0xa5, 0x68, 0xf1, 0xc7]

/// A key of 32 given bytes.
func sampleKey(
    _ bytes: [UInt8] = sampleBytes, purpose: KeyPurpose, suite: Suite
) throws -> KeyMaterial {
    var secret = try sampleSlab().reserve()
    secret.withMutableBytes { key in for i in key.indices { key[i] = bytes[i] } }
    return KeyMaterial(secret, purpose: purpose, suite: suite)
}

/// A key that wraps keys.
func sampleWrappingKey(
    _ bytes: [UInt8] = sampleBytes, purpose: KeyPurpose = .scope
) throws -> KeyEncryptionKey {
    let material = try sampleKey(bytes, purpose: purpose, suite: .xchacha20Poly1305)
    return try KeyEncryptionKey(material, in: sampleSlab())
}

/// The parts of a binding, so that a test can change one of them.
struct Record: Sendable {
    var vault = [UInt8](repeating: 0xa0, count: 16)
    var kind = RecordKind.card
    var scope = "acme"
    var record = [UInt8](repeating: 0xb0, count: 16)
    var facts: [[UInt8]] = [[1, 2], [], [3]]

    /// The binding of these parts.
    var binding: RecordBinding {
        get throws {
            let vault = try #require(VaultID(bytes: vault))
            var frame = Frame()
            for fact in facts { frame.append(fact) }
            return RecordBinding(
                vault: vault, kind: kind, scope: scope, record: record.span, facts: frame)
        }
    }

    /// Every record that differs from this one in one part, or has a byte moved between two of
    /// them.
    var neighbours: [Record] {
        var vaults = (0..<16).map { _ in self }
        for i in vaults.indices { vaults[i].vault[i] ^= 1 }
        let kinds = RecordKind.allCases.filter { $0 != kind }.map { kind in
            change { $0.kind = kind }
        }
        return vaults + kinds + [
            change { $0.scope = "acmf" }, change { $0.scope = "" }, change { $0.scope = "acme " },
            change { $0.record[0] ^= 0x80 }, change { $0.record.removeLast() },
            change { $0.record.append(0) }, change { $0.record = [] },
            change { $0.facts[0][1] ^= 1 }, change { $0.facts = [] },
            change { $0.facts.append([]) }, change { $0.facts.swapAt(0, 2) },
            change { $0.facts = [[1], [2], [3]] },
            change {
                $0.scope = "acm"
                $0.record.insert(UInt8(ascii: "e"), at: 0)
            },
        ]
    }

    private func change(_ body: (inout Record) -> Void) -> Record {
        var copy = self
        body(&copy)
        return copy
    }
}

extension ExitTest.Condition {
    /// A failed precondition, and no other failure.
    static var trap: ExitTest.Condition {
        #if arch(arm64)
            .signal(5)  // SIGTRAP
        #else
            .signal(4)  // SIGILL
        #endif
    }
}
