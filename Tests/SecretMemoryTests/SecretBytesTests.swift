// SPDX-License-Identifier: Apache-2.0
internal import SecretMemory
internal import TestSupport
internal import Testing

@Suite("Secret bytes") struct SecretBytesTests {
    @Test(arguments: [1, 16, 4_080, 4_081, 10_000]) func `start as zeros`(capacity: Int) throws {
        let secret = try SecretBytes(capacity: capacity)
        #expect(secret.capacity == capacity)
        #expect(secret.count == capacity)
        #expect(secret.withBytes { bytes in bytes.indices.allSatisfy { bytes[$0] == 0 } })
    }

    @Test func `lend what was written`() throws {
        var secret = try SecretBytes(capacity: 256)
        secret.withMutableBytes { bytes in for i in bytes.indices { bytes[i] = UInt8(i) } }
        #expect(secret.withBytes { bytes in bytes.indices.allSatisfy { bytes[$0] == UInt8($0) } })
    }

    @Test(arguments: [0, 1, 255, 256]) func `keep the first bytes when truncated`(
        count: Int
    ) throws {
        var secret = try SecretBytes(capacity: 256)
        secret.withMutableBytes { bytes in for i in bytes.indices { bytes[i] = UInt8(i) } }
        secret.truncate(to: count)
        #expect(secret.count == count)
        #expect(secret.capacity == 256)
        #expect(secret.withBytes { $0.count } == count)
        #expect(secret.withMutableBytes { $0.count } == count)
        #expect(secret.withBytes { bytes in bytes.indices.allSatisfy { bytes[$0] == UInt8($0) } })
    }

    @Test func `hand on the error of the borrower`() throws {
        var secret = try SecretBytes(capacity: 1)
        #expect(throws: SecretMemoryError.libraryUnavailable) {
            try secret.withBytes { _ throws(SecretMemoryError) in throw .libraryUnavailable }
        }
        #expect(throws: SecretMemoryError.libraryUnavailable) {
            try secret.withMutableBytes { _ throws(SecretMemoryError) in throw .libraryUnavailable }
        }
    }

    @Test(arguments: [1 << 62, Int.max]) func `report memory that is out`(capacity: Int) {
        #expect(throws: SecretMemoryError.outOfMemory(byteCount: capacity)) {
            _ = try SecretBytes(capacity: capacity)
        }
    }

    @Test(arguments: [0, -1]) func `refuse an empty capacity`(capacity: Int) async {
        await #expect(processExitsWith: .failure) { [capacity] in
            _ = try SecretBytes(capacity: capacity)
        }
    }

    @Test func `refuse to be read past their end`() async {
        await #expect(processExitsWith: .failure) {
            let secret = try SecretBytes(capacity: 16)
            print(secret.withBytes { $0[16] })
        }
    }

    @Test func `refuse to be read past where they were truncated`() async {
        await #expect(processExitsWith: .failure) {
            var secret = try SecretBytes(capacity: 16)
            secret.truncate(to: 8)
            print(secret.withBytes { $0[8] })
        }
    }

    @Test(arguments: [-1, 9]) func `refuse to be truncated to more or less than they hold`(
        count: Int
    ) async {
        await #expect(processExitsWith: .failure) { [count] in
            var secret = try SecretBytes(capacity: 16)
            secret.truncate(to: 8)
            secret.truncate(to: count)
        }
    }

    #if os(Linux)
        @Test func `lie in memory once while held, and nowhere when dropped`() async {
            await #expect(processExitsWith: .success) {
                let needle = Needle()
                do {
                    var secret = try SecretBytes(capacity: 256)
                    secret.withMutableBytes { needle.write(into: &$0, at: 128) }
                    try #expect(needle.occurrences() == 1)
                    #expect(secret.count == 256)
                }
                try #expect(needle.occurrences() == 0)
            }
        }

        @Test func `wipe what is truncated while the rest is held`() async {
            await #expect(processExitsWith: .success) {
                let (kept, cut) = (Needle(), Needle())
                var secret = try SecretBytes(capacity: 64)
                secret.withMutableBytes { kept.write(into: &$0) }
                secret.withMutableBytes { cut.write(into: &$0, at: 32) }
                secret.truncate(to: 32)
                try #expect(cut.occurrences() == 0)
                try #expect(kept.occurrences() == 1)
                #expect(secret.count == 32)
            }
        }
    #endif
}
