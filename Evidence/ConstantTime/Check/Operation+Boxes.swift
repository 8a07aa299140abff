// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import SecretMemory

/// Sealing and opening: the key is secret, the content is, and whether a tag is right is not.
extension Operation {
    static let boxes = [Suite.xchacha20Poly1305, .xaes256GCM].flatMap { suite in
        [
            Operation("box seal, \(suite)") { _ = try sealed(try dataKey(suite)) },
            Operation("box open, right tag, \(suite)") { try open(suite, flipping: nil) },
            Operation("box open, wrong tag, \(suite)") { try open(suite, flipping: 49) },
            Operation("box open, wrong content, \(suite)") { try open(suite, flipping: 30) },
        ]
    }

    static let wrappedKeys = [
        Operation("key unwrap, right tag") { try unwrap(flipping: nil) },
        Operation("key unwrap, wrong tag") { try unwrap(flipping: 72) },
        Operation("hold: seal and open under the key of a handle") {
            let slab = try KeySlab(locking: .optedOut)
            let hold = HoldKey(try Secret.key(.hold, .hmacSHA256, in: slab), in: slab)
            let secret = Secret.bytes([UInt8](repeating: 7, count: HoldKey.secretByteCount))
            let key = try hold.boxKey(of: "record".utf8.span, secret: secret.span)
            var box = [UInt8](repeating: 0, count: 5 + StoredBox.overhead)
            var sealed = box.mutableSpan
            key.seal(Secret.bytes([3, 1, 2, 3, 0]).span, as: binding(.hold), into: &sealed)
            Secret.release(box)
            var content = [UInt8](repeating: 0, count: 5)
            var opened = content.mutableSpan
            try key.open(box.span, as: binding(.hold), into: &opened)
            Secret.release(content)
            require(content == [3, 1, 2, 3, 0], "a hold opens")
        },
    ]

    static let vault = VaultID.random()

    private static let packed: [UInt8] = [16, 0, 14, 155, 141, 181, 201, 215, 199]

    private static func binding(_ kind: RecordKind) -> RecordBinding {
        RecordBinding(
            vault: vault, kind: kind, scope: "shop", record: "record".utf8.span, facts: Frame())
    }

    private static func dataKey(_ suite: Suite) throws -> DataKey {
        let slab = try KeySlab(locking: .optedOut)
        return try DataKey(try Secret.key(.data, suite, in: slab), in: slab)
    }

    /// A box, which is public, of content and under a key that are not.
    private static func sealed(_ key: borrowing DataKey) throws -> [UInt8] {
        var box = [UInt8](repeating: 0, count: packed.count + StoredBox.overhead)
        var out = box.mutableSpan
        key.seal(Secret.bytes(packed).span, as: binding(.card), into: &out)
        Secret.release(box)
        return box
    }

    private static func open(_ suite: Suite, flipping offset: Int?) throws {
        let key = try dataKey(suite)
        var box = try sealed(key)
        if let offset { box[offset] ^= 1 }
        var content = [UInt8](repeating: 0, count: packed.count)
        var out = content.mutableSpan
        var isOpen = true
        do throws(OpenError) {
            try key.open(box.span, as: binding(.card), into: &out)
        } catch {
            isOpen = false
        }
        Secret.release(content)
        require(isOpen == (offset == nil), "a box opens unless it was altered")
        require(!isOpen || content == packed, "a box holds what was sealed")
    }

    private static func unwrap(flipping offset: Int?) throws {
        let slab = try KeySlab(locking: .optedOut)
        let scope = try KeyEncryptionKey(
            try Secret.key(.scope, .xchacha20Poly1305, in: slab), in: slab)
        let key = try Secret.key(.data, .xaes256GCM, in: slab)
        var stored = scope.wrap(key, as: binding(.key)).stored
        Secret.release(stored)
        if let offset { stored[offset] ^= 1 }
        var isOpen = true
        do throws(UnwrapError) {
            _ = try scope.unwrap(
                stored: stored, as: binding(.key), expecting: key.id, purpose: .data,
                suite: .xaes256GCM, in: slab)
        } catch {
            isOpen = false
        }
        require(isOpen == (offset == nil), "a key is unwrapped unless its box was altered")
    }
}
