// SPDX-License-Identifier: Apache-2.0
internal import CSodium

/// The part of libsodium that allocates, locks and wipes. One function per C function.
enum Sodium {
    /// libsodium aborts the process when used before it is started; every entry asks this first.
    static let isReady: Bool = sodium_init() >= 0

    /// Allocates `count` bytes between guard pages, or returns nil when memory is out.
    static func allocateGuarded(_ count: Int) -> UnsafeMutablePointer<UInt8>? {
        unsafe sodium_malloc(count)?.bindMemory(to: UInt8.self, capacity: count)
    }

    /// Wipes and frees what `allocateGuarded` gave.
    static func freeGuarded(_ base: UnsafeMutablePointer<UInt8>) {
        unsafe sodium_free(base)
    }

    /// Asks again for the lock that `sodium_malloc` takes silently, and tells whether it is held.
    static func isLocked(_ base: UnsafeMutablePointer<UInt8>, count: Int) -> Bool {
        unsafe sodium_mlock(base, count) == 0
    }

    /// Overwrites with zeros in a way that the compiler may not leave out.
    static func wipe(_ base: UnsafeMutableRawPointer, count: Int) {
        unsafe sodium_memzero(base, count)
    }
}
