// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import SecretMemory
internal import TestSupport
internal import Testing

@Suite("Key encryption key") struct KeyEncryptionKeyTests {
    static let other = [UInt8](repeating: 7, count: 32)

    /// The stored box of sample bytes under a sample key, as a sealer of 32 bytes.
    static func sealer() throws -> Sealer {
        let held = HeldKeyEncryptionKey(try sampleWrappingKey())
        let slab = try sampleSlab()
        var sealer = Sealer(suite: .xchacha20Poly1305) { plaintext, binding in
            held.key.wrap(plaintext, as: binding).stored
        } open: { box, binding throws(OpenError) in
            try held.open(box, as: binding, in: slab)
        }
        sealer.boxByteCount = KeyEncryptionKey.wrappedByteCount
        return sealer
    }

    @Test(arguments: KeyPurpose.allCases, Suite.allCases)
    func `unwraps what it wrapped`(purpose: KeyPurpose, suite: Suite) throws {
        let kek = try sampleWrappingKey()
        let binding = try Record(kind: .key).binding
        let key = try sampleKey(Self.other, purpose: purpose, suite: suite)
        let box = try SealedBox(kek.wrap(key, as: binding).bytes)
        let again = try kek.unwrap(
            box, as: binding, expecting: key.id, purpose: purpose, suite: suite, in: sampleSlab())
        let bytes = again.secret.withBytes { key in key.indices.map { key[$0] } }
        #expect(bytes == Self.other)
        #expect(again.id == key.id && again.purpose == purpose && again.suite == suite)
    }

    @Test func `unwraps the stored form`() throws {
        let kek = try sampleWrappingKey()
        let binding = try Record(kind: .key).binding
        let key = try sampleKey(Self.other, purpose: .data, suite: .xaes256GCM)
        let stored = kek.wrap(key, as: binding).stored
        #expect(stored.count == KeyEncryptionKey.wrappedByteCount && stored.count == 73)
        let again = try kek.unwrap(
            stored: stored, as: binding, expecting: key.id, purpose: .data, suite: .xaes256GCM,
            in: sampleSlab())
        #expect(again.id == key.id)
    }

    @Test func `names itself in its boxes`() throws {
        let kek = try sampleWrappingKey()
        let box = kek.wrap(sampleBytes, as: try Record().binding)
        #expect(box.keyID == kek.id && box.suite == .xchacha20Poly1305)
    }

    @Test func `refuses a wrapped key with any bit altered`() throws {
        try AEADLaws.refuse(
            Alterations.flips, of: Self.other, by: Self.sealer(),
            Tally("every bit of a wrapped key"))
    }

    @Test func `refuses a truncated wrapped key`() throws {
        try AEADLaws.refuse(
            Alterations.cuts, of: Self.other, by: Self.sealer(),
            Tally("every truncation of a wrapped key"))
    }

    @Test func `refuses a wrapped key with bytes after it`() throws {
        try AEADLaws.refuse(
            Alterations.tails, of: Self.other, by: Self.sealer(),
            Tally("1 to 64 bytes after a wrapped key"))
    }

    @Test func `refuses a wrapped key moved to another record`() throws {
        try AEADLaws.refuseMoved(
            Self.other, by: Self.sealer(), Tally("a wrapped key as another record's"))
    }

    /// With version, suite and name of the wrapping key before it, as keyring files have it.
    @Test func `refuses an altered wrapped key that travels`() throws {
        let kek = try sampleWrappingKey()
        let binding = try Record(kind: .key).binding
        let key = try sampleKey(Self.other, purpose: .data, suite: .xaes256GCM)
        let box = kek.wrap(key, as: binding).bytes
        var tally = Tally("a wrapped key that travels: every bit, truncation and appended byte")
        for (number, altered) in Alterations.all(of: box).enumerated() {
            tally.count(refused: !opens(altered, kek, binding), "\(number)")
        }
        try tally.report(of: Alterations.count(of: 106))
        let isOpen = opens(box, kek, binding)
        #expect(isOpen)
    }

    private func opens(
        _ box: [UInt8], _ kek: borrowing KeyEncryptionKey, _ binding: RecordBinding
    ) -> Bool {
        do {
            _ = try kek.unwrap(SealedBox(box), as: binding, in: sampleSlab())
            return true
        } catch {
            return false
        }
    }

    @Test func `refuses the box of another key`() throws {
        let mine = try sampleWrappingKey()
        let theirs = try sampleWrappingKey(Self.other)
        let binding = try Record(kind: .key).binding
        let box = theirs.wrap(sampleBytes, as: binding)
        #expect(throws: UnwrapError.box(.wrongKey(theirs.id))) {
            _ = try mine.unwrap(box, as: binding, in: sampleSlab())
        }
        #expect(throws: UnwrapError.box(.notAuthentic)) {
            _ = try mine.unwrap(
                SealedBox(stored: box.stored, suite: box.suite, keyID: mine.id), as: binding,
                in: sampleSlab())
        }
    }

    /// The same bytes with another purpose are another key.
    @Test func `refuses the box of the same bytes with another purpose`() throws {
        let scope = try sampleWrappingKey()
        let slot = try sampleWrappingKey(purpose: .slot)
        let binding = try Record(kind: .key).binding
        #expect(throws: UnwrapError.box(.wrongKey(slot.id))) {
            _ = try scope.unwrap(
                slot.wrap(sampleBytes, as: binding), as: binding, in: sampleSlab())
        }
    }

    @Test func `refuses a key inside that is not the one named`() throws {
        let kek = try sampleWrappingKey()
        let binding = try Record(kind: .key).binding
        let key = try sampleKey(Self.other, purpose: .data, suite: .xaes256GCM)
        let box = kek.wrap(key, as: binding)
        let claims: [(id: KeyID, purpose: KeyPurpose, suite: Suite)] = [
            (KeyID.of(sampleBytes, purpose: .data, suite: .xaes256GCM), .data, .xaes256GCM),
            (key.id, .token, .xaes256GCM),
            (key.id, .data, .xchacha20Poly1305),
        ]
        for claim in claims {
            #expect(throws: UnwrapError.wrongKeyInside(expected: claim.id)) {
                _ = try kek.unwrap(
                    box, as: binding, expecting: claim.id, purpose: claim.purpose,
                    suite: claim.suite, in: sampleSlab())
            }
        }
    }

    @Test func `traps on a purpose that wraps nothing`() async {
        await #expect(processExitsWith: .trap) { _ = try sampleWrappingKey(purpose: .data) }
    }

    @Test func `traps on the suite that not every machine has`() async {
        await #expect(processExitsWith: .trap) {
            let material = try sampleKey(purpose: .scope, suite: .xaes256GCM)
            _ = try KeyEncryptionKey(material, in: sampleSlab())
        }
    }

    @Test func `traps on wrapping anything but 32 bytes`() async {
        await #expect(processExitsWith: .trap) {
            let binding = try Record().binding
            _ = try sampleWrappingKey().wrap(samplePlaintext, as: binding)
        }
    }
}

/// A key that wraps keys, shared by the closures of a sealer.
private final class HeldKeyEncryptionKey: Sendable {
    let key: KeyEncryptionKey

    init(_ key: consuming KeyEncryptionKey) { self.key = key }

    func open(
        _ stored: [UInt8], as binding: RecordBinding, in slab: KeySlab
    ) throws(OpenError) -> [UInt8] {
        let box = SealedBox(stored: stored, suite: .xchacha20Poly1305, keyID: key.id)
        do throws(UnwrapError) {
            let secret = try key.unwrap(box, as: binding, in: slab)
            return secret.withBytes { bytes in bytes.indices.map { bytes[$0] } }
        } catch {
            guard case .box(let refusal) = error else { preconditionFailure("\(error)") }
            throw refusal
        }
    }
}
