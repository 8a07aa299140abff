// SPDX-License-Identifier: Apache-2.0
internal import SecretMemory
internal import TestSupport
internal import Testing

/// A key that can stand in an array.
private final class KeyBox: Sendable {
    let key: SecretKey
    init(_ key: consuming SecretKey) { self.key = key }

    /// A key filled with one byte.
    init(from slab: KeySlab, filledWith byte: UInt8) throws {
        var key = try slab.reserve()
        key.withMutableBytes { bytes in for i in bytes.indices { bytes[i] = byte } }
        self.key = key
    }

    func isFilled(with byte: UInt8) -> Bool {
        key.withBytes { bytes in bytes.indices.allSatisfy { bytes[$0] == byte } }
    }
}

@Suite("Key slab") struct KeySlabTests {
    @Test func `reserves 32 zeros`() throws {
        let key = try KeySlab().reserve()
        #expect(key.withBytes { $0.count } == 32)
        #expect(KeyBox(key).isFilled(with: 0))
    }

    @Test func `keeps every key apart from its neighbours`() throws {
        let slab = try KeySlab()
        let keys = try (0..<300).map { try KeyBox(from: slab, filledWith: UInt8($0 % 251 + 1)) }
        let damaged = keys.indices.filter { !keys[$0].isFilled(with: UInt8($0 % 251 + 1)) }
        #expect(damaged.isEmpty)
    }

    @Test func `outlives itself in its keys`() throws {
        let key = try KeyBox(from: KeySlab(), filledWith: 7)
        #expect(key.isFilled(with: 7))
    }

    @Test func `hands a dropped slot out again, as zeros`() throws {
        let slab = try KeySlab()
        var keys = try (0..<127).map { _ in try KeyBox(from: slab, filledWith: 0xAA) }
        for _ in 0..<50 {
            keys.remove(at: 60)
            let next = try KeyBox(slab.reserve())
            #expect(next.isFilled(with: 0))
            keys.append(try KeyBox(from: slab, filledWith: 0xAA))
            keys.removeLast()
            keys.append(next)
        }
    }

    @Test func `generates keys that differ`() throws {
        let slab = try KeySlab()
        let keys = try Set((0..<1_000).map { _ in try hex(slab.generate()) })
        #expect(keys.count == 1_000)
    }

    @Test func `serves many tasks at once`() async throws {
        let slab = try KeySlab()
        let damaged = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 1...32 {
                group.addTask {
                    var damaged = 0
                    for _ in 0..<200 {
                        let fill = UInt8(task)
                        let keys = try (0..<9).map { _ in
                            try KeyBox(from: slab, filledWith: fill)
                        }
                        await Task.yield()
                        damaged += keys.count { !$0.isFilled(with: fill) }
                    }
                    return damaged
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(damaged == 0)
    }

    @Test func `hands on the error of the borrower`() throws {
        var key = try KeySlab().reserve()
        #expect(throws: SecretMemoryError.libraryUnavailable) {
            try key.withBytes { _ throws(SecretMemoryError) in throw .libraryUnavailable }
        }
        #expect(throws: SecretMemoryError.libraryUnavailable) {
            try key.withMutableBytes { _ throws(SecretMemoryError) in throw .libraryUnavailable }
        }
    }

    @Test(arguments: [32, -1]) func `refuses to be read past a key`(offset: Int) async {
        await #expect(processExitsWith: .failure) { [offset] in
            let key = try KeySlab().reserve()
            print(key.withBytes { $0[offset] })
        }
    }

    #if os(Linux)
        @Test func `puts 127 keys on a page and the next one on another`() async {
            await #expect(processExitsWith: .success) {
                let before = try ProcessState.lockedKibibytes()
                let slab = try KeySlab()
                var keys = try (0..<127).map { _ in try KeyBox(slab.reserve()) }
                #expect(try ProcessState.lockedKibibytes() - before == 4)
                keys.append(try KeyBox(slab.reserve()))
                #expect(try ProcessState.lockedKibibytes() - before == 8)
                #expect(slab.isLocked)
            }
        }

        @Test func `grows no further while slots are free`() async {
            await #expect(processExitsWith: .success) {
                let slab = try KeySlab()
                var keys = try (0..<254).map { _ in try KeyBox(slab.reserve()) }
                let before = try ProcessState.lockedKibibytes()
                keys.removeFirst(100)
                for _ in 0..<100 { keys.append(try KeyBox(slab.reserve())) }
                #expect(try ProcessState.lockedKibibytes() == before)
            }
        }

        @Test func `wipes a key that is dropped while the slab lives`() async {
            await #expect(processExitsWith: .success) {
                let (slab, needle) = (try KeySlab(), Needle())
                do {
                    var key = try slab.reserve()
                    key.withMutableBytes { needle.write(into: &$0) }
                    try #expect(needle.occurrences() == 1)
                    #expect(key.withBytes { $0.count } == 32)
                }
                try #expect(needle.occurrences() == 0)
                #expect(slab.isLocked)
            }
        }

        @Test func `generates a key that lies in memory once`() async {
            await #expect(processExitsWith: .success) {
                let key = try KeySlab().generate()
                let needle = key.withBytes { Needle(lyingIn: $0) }
                try #expect(needle.occurrences() == 1)
                #expect(key.withBytes { $0.count } == 32)
            }
        }
    #endif

    private func hex(_ key: borrowing SecretKey) -> String {
        key.withBytes { bytes in
            bytes.indices.map { String(bytes[$0], radix: 16) }.joined(separator: " ")
        }
    }
}
