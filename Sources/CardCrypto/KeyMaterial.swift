// SPDX-License-Identifier: Apache-2.0
internal import ConstantTime
public import SecretMemory

/// A key before it is put to its one use: the bytes with their purpose, suite and id.
///
/// It is made by generating or by unwrapping, and consumed by the type that uses it: ``DataKey``,
/// ``KeyEncryptionKey``, ``FingerprintKey``, ``SealKey``, ``HoldKey``, ``AuditKey``. Handing it to
/// another one is a programming error.
public struct KeyMaterial: ~Copyable, Sendable {
    /// What the key is for.
    public let purpose: KeyPurpose
    /// What the key does.
    public let suite: Suite
    /// The commitment to key, purpose and suite.
    public let id: KeyID
    package let secret: SecretKey

    /// Takes the 32 bytes of `secret` as a key.
    package init(_ secret: consuming SecretKey, purpose: KeyPurpose, suite: Suite) {
        self.purpose = purpose
        self.suite = suite
        self.id = secret.withBytes { KeyID.of($0, purpose: purpose, suite: suite) }
        self.secret = secret
    }

    /// Makes a key of 32 random bytes.
    ///
    /// - Throws: `SecretMemoryError` when guarded memory cannot be had.
    public static func generate(
        purpose: KeyPurpose, suite: Suite, in slab: KeySlab
    ) throws(SecretMemoryError) -> KeyMaterial {
        KeyMaterial(try slab.generate(), purpose: purpose, suite: suite)
    }

    /// The check value (KCV), for display: the first 3 bytes of CMAC-AES256 over 16 zero bytes.
    ///
    /// Source: ANSI X9.24-1, annex A.
    public var checkValue: KeyCheckValue { secret.withBytes { KeyCheckValue(of: $0) } }

    consuming func intoSecret() -> SecretKey { secret }
}

/// A key check value (KCV): 3 bytes that two people compare to see that they hold the same key.
public struct KeyCheckValue: Hashable, Sendable, CustomStringConvertible {
    /// The three bytes, big-endian.
    private let value: UInt32

    init(of key: Span<UInt8>) {
        guard var context = MACContext.cmacAES(key: key) else {
            preconditionFailure("libcrypto has no CMAC")
        }
        let zero = InlineArray<16, UInt8>(repeating: 0)
        var code = InlineArray<16, UInt8>(repeating: 0)
        var out = code.mutableSpan
        context.authenticate(zero.span, Span(), into: &out)
        let first = (0..<3).reduce(UInt32(0)) { $0 << 8 | UInt32(truncatingIfNeeded: code[$1]) }
        value = declassify(first)  // public: people read it to each other
    }

    /// 6 lower-case hexadecimal digits.
    public var description: String {
        Hexadecimal.print([16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) })
    }
}
