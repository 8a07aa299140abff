// SPDX-License-Identifier: Apache-2.0
public import SecretMemory

/// What it costs to try one passphrase: Argon2id version 1.3 with one lane (RFC 9106).
public struct Argon2id: Hashable, Sendable {
    /// Bytes in a salt: 16.
    public static let saltByteCount = 16
    /// What a file may ask for, in KiB: 64 MiB to 4 GiB.
    public static let memoryBounds = 65_536...4_194_304
    /// How many passes a file may ask for.
    public static let passBounds = 2...100
    /// What a new slot takes: 256 MiB and 3 passes, about half a second.
    public static let standard = Argon2id(verifiedMemory: 262_144, passes: 3)

    /// Memory in KiB.
    public let memory: Int
    /// Passes over the memory.
    public let passes: Int

    /// Takes parameters within the bounds; nil for others.
    public init?(memory: Int, passes: Int) {
        guard Self.memoryBounds.contains(memory), Self.passBounds.contains(passes) else {
            return nil
        }
        self.init(verifiedMemory: memory, passes: passes)
    }

    private init(verifiedMemory: Int, passes: Int) {
        self.memory = verifiedMemory
        self.passes = passes
    }

    /// Makes the key of a custody slot from a passphrase.
    ///
    /// - Parameters:
    ///   - passphrase: the bytes as given.
    ///   - salt: 16 random bytes of the slot.
    ///   - slab: where the key is to live.
    /// - Throws: `SecretMemoryError.outOfMemory` when the system cannot give that much memory.
    public func slotKey(
        from passphrase: Span<UInt8>, salt: [UInt8], in slab: KeySlab
    ) throws(SecretMemoryError) -> KeyEncryptionKey {
        var secret = try slab.reserve()
        let isDone = secret.withMutableBytes {
            Sodium.argon2id(
                passphrase, salt: salt.span, passes: passes, memoryByteCount: memory * 1024,
                into: &$0)
        }
        guard isDone else { throw .outOfMemory(byteCount: memory * 1024) }
        return try KeyEncryptionKey(
            KeyMaterial(secret, purpose: .slot, suite: .xchacha20Poly1305), in: slab)
    }
}
