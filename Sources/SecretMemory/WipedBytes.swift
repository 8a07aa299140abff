// SPDX-License-Identifier: Apache-2.0

/// A fixed number of bytes on the heap that are wiped when dropped.
///
/// The cell under card data: moving it copies a pointer, so that no plaintext is left behind on a
/// stack. It is not locked into memory and has no guard pages (those cost a thousand times as
/// much); use ``SecretBytes`` and ``KeySlab`` for keys and passphrases.
@safe
public struct WipedBytes: ~Copyable, @unchecked Sendable {  // sole owner of its bytes
    private let base: UnsafeMutablePointer<UInt8>

    /// How many bytes the cell holds.
    public let count: Int

    /// Allocates `count` zero bytes; 0 is allowed.
    public init(count: Int) {
        precondition(count >= 0, "a cell cannot hold a negative number of bytes")
        self.count = count
        unsafe self.base = .allocate(capacity: count)
        unsafe base.initialize(repeating: 0, count: count)
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

    deinit {
        unsafe Sodium.wipe(base, count: count)
        unsafe base.deallocate()
    }
}
