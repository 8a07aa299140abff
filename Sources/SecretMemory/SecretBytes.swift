// SPDX-License-Identifier: Apache-2.0

/// Up to `capacity` secret bytes in guarded memory of their own, wiped when dropped.
///
/// For passphrases and the like: locked into memory, left out of core dumps, between guard pages.
/// One costs about 24 µs and four pages, so keys share a ``KeySlab`` instead and card data uses
/// ``WipedBytes``.
@safe
public struct SecretBytes: ~Copyable, @unchecked Sendable {  // sole owner of its pages
    private let base: UnsafeMutablePointer<UInt8>

    /// How many bytes were asked for.
    public let capacity: Int

    /// How many bytes count as the secret; never more than `capacity`.
    public private(set) var count: Int

    /// Reserves `capacity` zero bytes, all of which count.
    ///
    /// - Parameters:
    ///   - capacity: at least 1.
    ///   - locking: what to do when the pages cannot be locked.
    /// - Throws: ``SecretMemoryError``.
    public init(capacity: Int, locking: MemoryLocking = .required) throws(SecretMemoryError) {
        precondition(capacity > 0, "a secret has at least one byte")
        unsafe self.base = try guardedBytes(capacity, locking: locking).base
        self.capacity = capacity
        self.count = capacity
        withMutableBytes { span in for i in span.indices { span[i] = 0 } }
    }

    /// Shortens the secret to its first `count` bytes and wipes the rest.
    public mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count, "a secret can only become shorter")
        unsafe Sodium.wipe(base + count, count: self.count - count)
        self.count = count
    }

    /// Lends the bytes for one call.
    public borrowing func withBytes<R: ~Copyable, E: Error>(
        _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try body(unsafe Span(_unsafeStart: base, count: count))
    }

    /// Lends the bytes for one call that may change them.
    public mutating func withMutableBytes<R: ~Copyable, E: Error>(
        _ body: (inout MutableSpan<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        var span = unsafe MutableSpan(_unsafeStart: base, count: count)
        return try body(&span)
    }

    deinit { unsafe Sodium.freeGuarded(base) }
}

/// Guarded memory, and whether its pages are locked. Refuses unlocked pages where told to.
func guardedBytes(
    _ count: Int, locking: MemoryLocking
) throws(SecretMemoryError) -> (base: UnsafeMutablePointer<UInt8>, isLocked: Bool) {
    guard Sodium.isReady else { throw .libraryUnavailable }
    guard let base = unsafe Sodium.allocateGuarded(count) else {
        throw .outOfMemory(byteCount: count)
    }
    let isLocked = unsafe Sodium.isLocked(base, count: count)
    guard isLocked || locking == .optedOut else {
        unsafe Sodium.freeGuarded(base)
        throw .notLocked(byteCount: count, limit: Platform.lockLimit)
    }
    return unsafe (base, isLocked)
}
