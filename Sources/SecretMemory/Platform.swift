// SPDX-License-Identifier: Apache-2.0
internal import CPlatform

/// The operating system's part: random bytes, clocks, limits, pages that a fork wipes.
package enum Platform {
    /// Fills `bytes`, from `offset` to the end, from the system generator. A generator that fails
    /// leaves nothing safe to do.
    static func fillFromSystem(_ bytes: inout MutableSpan<UInt8>, from offset: Int = 0) {
        let failure = unsafe bytes.withUnsafeMutableBytes { buffer -> Int32 in
            guard let base = buffer.baseAddress else { return 0 }
            return unsafe card_vault_system_random(base + offset, buffer.count - offset)
        }
        precondition(failure == 0, "the system's random generator failed")
    }

    /// The soft limit of locked memory, in bytes.
    static var lockLimit: UInt64 { card_vault_lock_limit() }

    /// Milliseconds of a clock that only goes forward.
    package static var monotonicMilliseconds: UInt64 { card_vault_monotonic_milliseconds() }

    /// Milliseconds since 1970-01-01 00:00 UTC, as the system's clock has it.
    package static var wallMilliseconds: UInt64 { card_vault_wall_milliseconds() }
}

/// Bytes that a forked child finds filled with zeros.
@safe
struct ForkWipedPage: ~Copyable, @unchecked Sendable {  // sole owner of its mapping
    private let base: UnsafeMutablePointer<UInt8>
    let count: Int

    init(count: Int) {
        guard let page = unsafe card_vault_page_wiped_on_fork(count) else {
            preconditionFailure(
                "no page that a fork wipes: kernel older than 4.14, or memory is out")
        }
        unsafe self.base = page.bindMemory(to: UInt8.self, capacity: count)
        self.count = count
    }

    mutating func withMutableBytes<R: ~Copyable>(_ body: (inout MutableSpan<UInt8>) -> R) -> R {
        var span = unsafe MutableSpan(_unsafeStart: base, count: count)
        return body(&span)
    }

    borrowing func withBytes<R: ~Copyable>(_ body: (Span<UInt8>) -> R) -> R {
        body(unsafe Span(_unsafeStart: base, count: count))
    }

    deinit {
        unsafe Sodium.wipe(base, count: count)
        unsafe card_vault_page_free(base, count)
    }
}
