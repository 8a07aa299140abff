// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import SecretMemory
internal import TestSupport
internal import Testing

@Suite("Root key") struct RootKeyTests {
    static let file = Array("{}\n".utf8)

    /// The root key of given bytes, by way of a slot.
    static func root(_ bytes: [UInt8] = sampleBytes) throws -> RootKey {
        let slot = try sampleWrappingKey(purpose: .slot)
        let binding = try Record(kind: .slot).binding
        return try RootKey.unwrap(
            slot.wrap(bytes, as: binding), by: slot, as: binding, in: sampleSlab())
    }

    /// Computed with Python, `frame` as for the key id:
    ///
    ///     root = bytes(range(32))
    ///     wrap = hmac.new(root, frame(b"card-vault/1", b"wrap"), "sha256").digest()
    ///     hashlib.blake2b(frame(b"card-vault/1 key id", b"wrap", b"\x01"), key=wrap,
    ///                     digest_size=32).hexdigest()
    @Test func `derives the wrapping key`() throws {
        #expect(
            try Self.root().wrappingKey.id.description
                == "e640b10ab512eb50e111f975bcea969dc3daa8c1e12ec97b8f8f5a81f15b0515")
    }

    /// Computed with Python:
    ///
    ///     key = hmac.new(root, frame(b"card-vault/1", b"keyring-mac"), "sha256").digest()
    ///     hmac.new(key, b"{}", "sha256").hexdigest()
    @Test func `derives the code of the keyring file`() throws {
        let code = try Self.root().keyringCode(for: Array("{}".utf8))
        #expect(
            hex(code) == "81dff63af0d997c238c989768a74aac08f67ef689e15ae9f12c34fe387850f02")
    }

    @Test func `comes back from a slot as it was`() throws {
        let (slab, binding) = (try sampleSlab(), try Record(kind: .slot).binding)
        let slot = try sampleWrappingKey(purpose: .slot)
        let root = try RootKey.generate(in: slab)
        let again = try RootKey.unwrap(
            root.wrapped(by: slot, as: binding), by: slot, as: binding, in: slab)
        #expect(again.wrappingKey.id == root.wrappingKey.id)
        let code = root.keyringCode(for: Self.file)
        let isAccepted = again.verifies(code, forKeyring: Self.file)
        #expect(isAccepted)
    }

    @Test func `does not come back from a slot of another record`() throws {
        let slot = try sampleWrappingKey(purpose: .slot)
        let box = try Self.root().wrapped(by: slot, as: Record(kind: .slot).binding)
        let binding = try Record(kind: .key).binding
        #expect(throws: UnwrapError.box(.notAuthentic)) {
            _ = try RootKey.unwrap(box, by: slot, as: binding, in: sampleSlab())
        }
    }

    @Test func `does not come back by another slot's key`() throws {
        let slot = try sampleWrappingKey(purpose: .slot)
        let other = try sampleWrappingKey(KeyEncryptionKeyTests.other, purpose: .slot)
        let binding = try Record(kind: .slot).binding
        let box = try Self.root().wrapped(by: slot, as: binding)
        #expect(throws: UnwrapError.box(.wrongKey(slot.id))) {
            _ = try RootKey.unwrap(box, by: other, as: binding, in: sampleSlab())
        }
    }

    @Test func `is generated anew each time`() throws {
        let ids = try (0..<100).map { _ in
            try RootKey.generate(in: sampleSlab()).wrappingKey.id
        }
        #expect(Set(ids).count == 100)
    }

    @Test func `refuses a keyring file with any bit altered`() throws {
        let root = try Self.root()
        let code = root.keyringCode(for: Self.file)
        let accepted = (0..<Self.file.count * 8).filter { bit in
            var file = Self.file
            file[bit / 8] ^= 1 << (bit % 8)
            return root.verifies(code, forKeyring: file)
        }
        #expect(accepted.isEmpty)
    }

    @Test func `refuses a code with any bit altered`() throws {
        let root = try Self.root()
        let code = root.keyringCode(for: Self.file)
        let accepted = (0..<256).filter { bit in
            var code = code
            code[bit / 8] ^= 1 << (bit % 8)
            return root.verifies(code, forKeyring: Self.file)
        }
        #expect(accepted.isEmpty)
    }

    @Test func `refuses the code of another root`() throws {
        let other = try Self.root(KeyEncryptionKeyTests.other)
        let code = other.keyringCode(for: Self.file)
        let isAccepted = try Self.root().verifies(code, forKeyring: Self.file)
        #expect(!isAccepted)
    }
}
