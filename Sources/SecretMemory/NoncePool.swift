// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// At most 1 KiB of system randomness, handed out in small pieces.
final class NoncePool: @unchecked Sendable {  // `isTaken` admits one thread at a time
    static let shared = NoncePool()
    static let byteCount = 1008  // 42 nonces of 24 bytes
    static let lifetimeMilliseconds: UInt64 = 100

    private let isTaken = Atomic(false)
    private var buffer = NonceBuffer()

    /// Fills `bytes`. Where another thread is at the buffer, or was when the process forked, the
    /// bytes come from the system directly: nobody waits, and a child cannot wait forever.
    ///
    /// Not a `Mutex`: Swift's remembers the thread by a number that is stale in a forked child,
    /// which traps there as soon as two threads of the child meet at it.
    func fill(_ bytes: inout MutableSpan<UInt8>) {
        precondition((1...64).contains(bytes.count), "the nonce buffer serves nonces, not messages")
        guard !isTaken.exchange(true, ordering: .acquiring) else {
            return Platform.fillFromSystem(&bytes)
        }
        buffer.take(into: &bytes, now: Platform.monotonicMilliseconds)
        isTaken.store(false, ordering: .releasing)
    }
}

/// The page under the pool: how many bytes are left, when they came, then the random bytes.
///
/// All of its state lies in the page, so that a child that finds the page zeroed finds it empty.
private struct NonceBuffer: ~Copyable {
    private static let headerByteCount = 16  // how many bytes are left (8), when they came (8)
    private var page = ForkWipedPage(count: headerByteCount + NoncePool.byteCount)

    /// Moves the last unused bytes out, and wipes them here.
    mutating func take(into bytes: inout MutableSpan<UInt8>, now: UInt64) {
        page.withMutableBytes { page in
            var left = Int(word(page, at: 0))
            let age = now &- word(page, at: 8)
            if left < bytes.count || age > NoncePool.lifetimeMilliseconds {
                Platform.fillFromSystem(&page, from: Self.headerByteCount)
                left = NoncePool.byteCount
                store(now, in: &page, at: 8)
            }
            left -= bytes.count
            for i in bytes.indices {
                bytes[i] = page[Self.headerByteCount + left + i]
                page[Self.headerByteCount + left + i] = 0
            }
            store(UInt64(left), in: &page, at: 0)
        }
    }
}

private func word(_ page: borrowing MutableSpan<UInt8>, at offset: Int) -> UInt64 {
    (0..<8).reduce(0) { $0 << 8 | UInt64(page[offset + $1]) }
}

private func store(_ word: UInt64, in page: inout MutableSpan<UInt8>, at offset: Int) {
    for i in 0..<8 { page[offset + i] = UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * i)) }
}
