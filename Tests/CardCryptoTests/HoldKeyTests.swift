// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import TestSupport
internal import Testing

/// The key of one hold's box, which a sealer borrows for each call.
private final class HeldHoldBoxKey: Sendable {
    private let key: HoldBoxKey

    init(_ key: consuming HoldBoxKey) { self.key = key }

    func seal(_ plaintext: [UInt8], as binding: RecordBinding) -> [UInt8] {
        var box = [UInt8](repeating: 0, count: plaintext.count + StoredBox.overhead)
        var span = box.mutableSpan
        key.seal(plaintext.span, as: binding, into: &span)
        return box
    }

    func open(_ box: [UInt8], as binding: RecordBinding) throws(OpenError) -> [UInt8] {
        var plaintext = [UInt8](repeating: 0xaa, count: max(0, box.count - StoredBox.overhead))
        var span = plaintext.mutableSpan
        try key.open(box.span, as: binding, into: &span)
        return plaintext
    }
}

@Suite("Hold key") struct HoldKeyTests {
    static let hold = [UInt8](repeating: 0xb0, count: 16)
    static let secret = Array(UInt8(32)..<64)

    static func key(_ bytes: [UInt8] = sampleBytes) throws -> HoldKey {
        HoldKey(try sampleKey(bytes, purpose: .hold, suite: .hmacSHA256), in: try sampleSlab())
    }

    static func sealer(
        _ bytes: [UInt8] = sampleBytes, of hold: [UInt8] = hold, secret: [UInt8] = secret
    ) throws -> Sealer {
        let key = try key(bytes)
        let held = HeldHoldBoxKey(try key.boxKey(of: hold.span, secret: secret.span))
        return Sealer(suite: .xchacha20Poly1305, seal: held.seal, open: held.open)
    }

    /// Computed with Python, `frame` as for the key id:
    ///
    ///     hmac.new(bytes(range(32)),
    ///              frame(b"card-vault/1 hold", b"\xb0" * 16, bytes(range(32, 64))),
    ///              "sha256").hexdigest()
    static let boxKey = "22973adc85504d068f1a06825655a813df3246cef7e0689fe767358106a0b076"

    @Test func `seals with XChaCha20-Poly1305 under the key of the hold, naming itself`() throws {
        let binding = try Record().binding
        let box = try Self.sealer().seal(samplePlaintext, binding)
        let header = BoxHeader(
            suite: .xchacha20Poly1305,
            keyID: KeyID.of(sampleBytes, purpose: .hold, suite: .hmacSHA256))
        let (nonce, sealed) = (Array(box[1..<25]), Array(box[25...]))
        let (aad, key) = (binding.associatedData(header), try bytes(hex: Self.boxKey))
        var plaintext = [UInt8](repeating: 0, count: samplePlaintext.count)
        var span = plaintext.mutableSpan
        let isAuthentic = Sodium.openXChaCha20Poly1305(
            sealed.span, authenticating: aad.span, nonce: nonce.span, key: key.span, into: &span)
        #expect(isAuthentic && plaintext == samplePlaintext)
        #expect(box[0] == Suite.xchacha20Poly1305.rawValue)
    }

    @Test func `opens what it sealed`() throws {
        #expect(try AEADLaws.lost(0...200, by: Self.sealer()).isEmpty)
    }

    @Test func `refuses a box with any bit altered`() throws {
        try AEADLaws.refuse(
            Alterations.flips, of: samplePlaintext, by: Self.sealer(),
            Tally("every bit of the box of a hold"))
    }

    @Test func `refuses a truncated box`() throws {
        try AEADLaws.refuse(
            Alterations.cuts, of: samplePlaintext, by: Self.sealer(),
            Tally("every truncation of the box of a hold"))
    }

    @Test func `refuses a box with bytes after it`() throws {
        try AEADLaws.refuse(
            Alterations.tails, of: samplePlaintext, by: Self.sealer(),
            Tally("1 to 64 bytes after the box of a hold"))
    }

    @Test func `refuses a box moved to another record`() throws {
        try AEADLaws.refuseMoved(
            samplePlaintext, by: Self.sealer(), Tally("the box of a hold as another record's"))
    }

    /// The handle's secret, the hold key and the hold's id each decide.
    @Test func `refuses every other secret, key and hold`() throws {
        let binding = try Record().binding
        let box = try Self.sealer().seal(samplePlaintext, binding)
        func refuses(_ sealer: Sealer) -> Bool {
            sealer.refusal(of: box, as: binding) == .notAuthentic
        }
        func flipped(_ bytes: [UInt8], _ bit: Int) -> [UInt8] {
            var bytes = bytes
            bytes[bit / 8] ^= 1 << (bit % 8)
            return bytes
        }
        var refusedCount = 0
        for bit in 0..<256 {
            if refuses(try Self.sealer(secret: flipped(Self.secret, bit))) { refusedCount += 1 }
            if refuses(try Self.sealer(flipped(sampleBytes, bit))) { refusedCount += 1 }
        }
        for bit in 0..<128 where refuses(try Self.sealer(of: flipped(Self.hold, bit))) {
            refusedCount += 1
        }
        #expect(refusedCount == 2 * 256 + 128)
    }

    @Test func `knows its id`() throws {
        let key = try Self.key()
        #expect(key.id == KeyID.of(sampleBytes, purpose: .hold, suite: .hmacSHA256))
    }

    @Test func `traps on a key of another purpose`() async {
        await #expect(processExitsWith: .trap) {
            let material = try sampleKey(purpose: .seal, suite: .hmacSHA256)
            _ = HoldKey(material, in: try sampleSlab())
        }
    }

    @Test func `traps on a key of another suite`() async {
        await #expect(processExitsWith: .trap) {
            let material = try sampleKey(purpose: .hold, suite: .xchacha20Poly1305)
            _ = HoldKey(material, in: try sampleSlab())
        }
    }

    @Test(arguments: [0, 31, 33]) func `traps on a secret of another length`(count: Int) async {
        await #expect(processExitsWith: .trap) { [count] in
            _ = try HoldKeyTests.sealer(secret: [UInt8](repeating: 1, count: count))
        }
    }
}
