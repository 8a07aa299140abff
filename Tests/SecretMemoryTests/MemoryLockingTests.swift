// SPDX-License-Identifier: Apache-2.0
#if os(Linux)
    internal import SecretMemory
    internal import Testing

    @Suite("Memory locking") struct MemoryLockingTests {
        @Test func `locks the pages of a secret`() async {
            await #expect(processExitsWith: .success) {
                let before = try ProcessState.lockedKibibytes()
                let secret = try SecretBytes(capacity: 3 * 4_096)
                #expect(try ProcessState.lockedKibibytes() - before >= 12)
                #expect(secret.count == 3 * 4_096)
            }
        }

        @Test func `unlocks the pages of a dropped secret`() async {
            await #expect(processExitsWith: .success) {
                let before = try ProcessState.lockedKibibytes()
                for _ in 0..<100 { _ = try SecretBytes(capacity: 3 * 4_096) }
                #expect(try ProcessState.lockedKibibytes() == before)
            }
        }

        @Test func `refuses a secret that cannot be locked`() async {
            await #expect(processExitsWith: .success) {
                try ProcessState.mayLock(byteCount: 0)
                #expect(throws: SecretMemoryError.notLocked(byteCount: 1, limit: 0)) {
                    _ = try SecretBytes(capacity: 1)
                }
            }
        }

        @Test func `refuses a slab that cannot be locked`() async {
            await #expect(processExitsWith: .success) {
                try ProcessState.mayLock(byteCount: 0)
                #expect(throws: SecretMemoryError.notLocked(byteCount: 127 * 32, limit: 0)) {
                    _ = try KeySlab()
                }
            }
        }

        @Test func `refuses the key that needs a page too many, and serves on when one is dropped`()
            async
        {
            await #expect(processExitsWith: .success) {
                try ProcessState.mayLock(byteCount: 4_096)
                let slab = try KeySlab()
                let first = try slab.reserve()
                var rest: [Holder] = try (1..<127).map { _ in try Holder(slab.reserve()) }
                #expect(throws: SecretMemoryError.notLocked(byteCount: 127 * 32, limit: 4_096)) {
                    _ = try slab.reserve()
                }
                rest.removeLast()
                rest.append(try Holder(slab.reserve()))
                #expect(slab.isLocked)
                #expect(first.withBytes { $0.count } == 32)
            }
        }

        @Test func `gives back what it refused`() async {
            await #expect(processExitsWith: .success) {
                try ProcessState.mayLock(byteCount: 0)
                let before = try ProcessState.mappedKibibytes()
                for _ in 0..<1_000 { _ = try? SecretBytes(capacity: 1 << 20) }
                // Threads and heaps come and go by the dozen of mebibytes; a leak would be 1,000.
                #expect(try ProcessState.mappedKibibytes() - before < 500 * 1_024)
            }
        }

        @Test func `goes on without where told to, and says so`() async {
            await #expect(processExitsWith: .success) {
                try ProcessState.mayLock(byteCount: 0)
                let slab = try KeySlab(locking: .optedOut)
                var key = try slab.generate()
                key.withMutableBytes { $0[0] = 7 }
                #expect(key.withBytes { $0[0] } == 7)
                #expect(!slab.isLocked)
                #expect(try SecretBytes(capacity: 1, locking: .optedOut).count == 1)
                #expect(try ProcessState.lockedKibibytes() == 0)
            }
        }

        @Test func `says so even where only a later page is unlocked`() async {
            await #expect(processExitsWith: .success) {
                try ProcessState.mayLock(byteCount: 4_096)
                let slab = try KeySlab(locking: .optedOut)
                #expect(slab.isLocked)
                let keys = try (0..<128).map { _ in try Holder(slab.reserve()) }
                #expect(!slab.isLocked)
                #expect(keys.count == 128)
            }
        }

        @Test func `locks where it need not, if it can`() throws {
            #expect(try KeySlab(locking: .optedOut).isLocked)
        }
    }

    @Suite("Secret memory errors") struct SecretMemoryErrorTests {
        @Test(arguments: [
            (SecretMemoryError.libraryUnavailable, "libsodium did not start."),
            (.outOfMemory(byteCount: 5), "No memory is left for 5 bytes of guarded memory."),
            (
                .notLocked(byteCount: 5, limit: 6),
                "5 bytes of key memory cannot be locked: the process may lock 6 bytes."
            ),
        ]) func `describe themselves in one sentence`(error: SecretMemoryError, text: String) {
            #expect(error.description == text)
        }
    }

    private final class Holder: Sendable {
        let key: SecretKey
        init(_ key: consuming SecretKey) { self.key = key }
    }
#endif
