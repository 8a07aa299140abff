// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// Guarded pages that many 32-byte keys share.
///
/// The first page is reserved when the slab is made, so that a process that may not lock memory
/// learns it at once and by a typed error. The slab grows a page at a time as keys are added, and
/// keeps its pages.
public final class KeySlab: Sendable {
    private let pages: Mutex<[KeyPage]>
    private let locking: MemoryLocking

    /// Reserves the first page: room for 127 keys.
    ///
    /// - Throws: ``SecretMemoryError``.
    public init(locking: MemoryLocking = .required) throws(SecretMemoryError) {
        self.locking = locking
        self.pages = Mutex([try KeyPage(locking: locking)])
    }

    /// Whether every page so far is locked into memory. False only after
    /// ``MemoryLocking/optedOut``.
    public var isLocked: Bool {
        pages.withLock { $0.allSatisfy(\.isLocked) }
    }

    /// Reserves room for one key, filled with zeros.
    ///
    /// - Throws: ``SecretMemoryError`` when a further page is needed and cannot be had.
    public func reserve() throws(SecretMemoryError) -> SecretKey {
        try pages.withLock { pages throws(SecretMemoryError) in
            for page in pages.reversed() {
                if let slot = page.take() { return SecretKey(page: page, slot: slot) }
            }
            let page = try KeyPage(locking: locking)
            pages.append(page)
            guard let slot = page.take() else { preconditionFailure("a new page has no free slot") }
            return SecretKey(page: page, slot: slot)
        }
    }

    /// Makes a key of 32 bytes from the system generator.
    ///
    /// - Throws: ``SecretMemoryError`` when a further page is needed and cannot be had.
    public func generate() throws(SecretMemoryError) -> SecretKey {
        var key = try reserve()
        key.withMutableBytes { RandomBytes.fillSecret(&$0) }
        return key
    }
}

/// One key of 32 bytes in a ``KeySlab``, wiped when dropped.
public struct SecretKey: ~Copyable, Sendable {
    /// Bytes in a key: 32.
    public static let byteCount = 32

    private let page: KeyPage
    private let slot: Int

    fileprivate init(page: KeyPage, slot: Int) {
        self.page = page
        self.slot = slot
    }

    /// Lends the 32 bytes for one call.
    public borrowing func withBytes<R: ~Copyable, E: Error>(
        _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try body(unsafe Span(_unsafeStart: page.address(of: slot), count: Self.byteCount))
    }

    /// Lends the 32 bytes for one call that may change them.
    public mutating func withMutableBytes<R: ~Copyable, E: Error>(
        _ body: (inout MutableSpan<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        var span = unsafe MutableSpan(_unsafeStart: page.address(of: slot), count: Self.byteCount)
        return try body(&span)
    }

    deinit { page.release(slot) }
}

/// One guarded page and which of its slots are taken.
@safe
private final class KeyPage: @unchecked Sendable {  // slots are disjoint; the free list is locked
    /// With libsodium's 16-byte canary, 127 keys fill one page of 4,096 bytes.
    static let slotCount = 127

    let isLocked: Bool
    private let base: UnsafeMutablePointer<UInt8>
    private let free = Mutex<[Int]>(Array((0..<slotCount).reversed()))

    init(locking: MemoryLocking) throws(SecretMemoryError) {
        let guarded = unsafe try guardedBytes(
            Self.slotCount * SecretKey.byteCount, locking: locking)
        unsafe self.base = guarded.base
        self.isLocked = unsafe guarded.isLocked
        for slot in 0..<Self.slotCount { wipe(slot) }
    }

    func address(of slot: Int) -> UnsafeMutablePointer<UInt8> {
        unsafe base + slot * SecretKey.byteCount
    }

    func take() -> Int? { free.withLock { $0.popLast() } }

    func release(_ slot: Int) {
        wipe(slot)
        free.withLock { $0.append(slot) }
    }

    private func wipe(_ slot: Int) {
        unsafe Sodium.wipe(address(of: slot), count: SecretKey.byteCount)
    }

    deinit { unsafe Sodium.freeGuarded(base) }
}
