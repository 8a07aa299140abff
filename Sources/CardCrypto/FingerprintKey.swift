// SPDX-License-Identifier: Apache-2.0
internal import ConstantTime
internal import SecretMemory

/// A 256-bit key that makes the search fingerprints of one scope.
///
/// A keyed hash (PCI DSS v4.0.1, 3.5.1.1), and keyed per scope, so that the rows of two merchants
/// cannot be linked.
public struct FingerprintKey: ~Copyable, Sendable {
    /// The key's id.
    public let id: KeyID
    private let mac: HMACSHA256

    /// Puts a key to its use.
    ///
    /// - Parameter material: a key of purpose `fingerprint` and suite 16; any other is a
    ///   programming error.
    public init(_ material: consuming KeyMaterial) {
        precondition(
            material.purpose == .fingerprint && material.suite == .hmacSHA256,
            "only a fingerprint key makes fingerprints")
        id = material.id
        mac = material.secret.withBytes { HMACSHA256(key: $0) }
    }

    /// The fingerprint of `plaintext` in `scope`: the first 16 bytes of
    /// `HMAC-SHA-256(key, frame("card-vault/1 fingerprint", scope, plaintext))`.
    ///
    /// The plaintext goes to the hash from where it lies; no copy of it is made.
    public borrowing func fingerprint(of plaintext: Span<UInt8>, scope: String) -> Fingerprint {
        var frame = Frame("card-vault/1 fingerprint", capacity: 128)
        frame.append(scope)
        frame.appendHeader(ofFieldWith: plaintext.count)
        var code = InlineArray<32, UInt8>(repeating: 0)
        var out = code.mutableSpan
        mac.authenticate(frame.bytes.span, plaintext, into: &out)
        return Fingerprint(code.span)
    }
}

/// The keyed hash of a card, for equality search: 16 bytes. A hit is a hint, never a proof.
public struct Fingerprint: Hashable, Comparable, Sendable {
    /// Bytes in a fingerprint: 16.
    public static let byteCount = 16

    private let high: UInt64
    private let low: UInt64

    /// Takes the first 16 bytes of `bytes`, which has at least as many.
    public init(_ bytes: Span<UInt8>) {
        precondition(bytes.count >= Self.byteCount)
        high = BigEndian.word(bytes, at: 0)
        low = BigEndian.word(bytes, at: 8)
    }

    /// The 16 bytes.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        BigEndian.append(high, to: &bytes)
        BigEndian.append(low, to: &bytes)
        return bytes
    }

    /// Whether both have the same bytes, in a time that does not tell where they differ.
    public static func == (a: Fingerprint, b: Fingerprint) -> Bool {
        // Public: a hit or a miss is what the caller gets.
        (equal(a.high, b.high) & equal(a.low, b.low)).declassify()
    }

    /// The order of the bytes.
    public static func < (a: Fingerprint, b: Fingerprint) -> Bool {
        (a.high, a.low) < (b.high, b.low)
    }
}
