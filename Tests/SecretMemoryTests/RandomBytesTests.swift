// SPDX-License-Identifier: Apache-2.0
internal import SecretMemory
internal import TestSupport
internal import Testing

@Suite("Random bytes") struct RandomBytesTests {
    @Test func `repeat no nonce in 200,000`() {
        let nonces = Set((0..<200_000).map { _ in nonce() })
        #expect(nonces.count == 200_000)
    }

    @Test func `repeat no nonce that two tasks draw`() async {
        let nonces = await withTaskGroup(of: [UInt128].self) { group in
            for _ in 0..<8 { group.addTask { (0..<20_000).map { _ in nonce() } } }
            return await group.reduce(into: Set<UInt128>()) { $0.formUnion($1) }
        }
        #expect(nonces.count == 160_000)
    }

    @Test(arguments: [1, 7, 16, 24, 31, 32, 64]) func `reach every byte of a nonce of any length`(
        count: Int
    ) {
        var seen = [Set<UInt8>](repeating: [], count: count)
        var bytes = [UInt8](repeating: 0, count: count)
        for _ in 0..<8_000 {
            var span = bytes.mutableSpan
            RandomBytes.fillNonce(&span)
            for i in 0..<count { seen[i].insert(bytes[i]) }
        }
        // A value is missed with a chance of 256 e^(-8000/256), one in 10^11.
        #expect(seen.allSatisfy { $0.count == 256 })
    }

    @Test(arguments: [0, 1, 32, 10_000]) func `fill a secret of any length`(count: Int) {
        var (first, second) = (bytes(count: count), bytes(count: count))
        var span = first.mutableSpan
        RandomBytes.fillSecret(&span)
        span = second.mutableSpan
        RandomBytes.fillSecret(&span)
        #expect(count < 32 || first != second)
        #expect(count < 10_000 || Set(first).count == 256)
    }

    @Test(arguments: [0, 65]) func `refuse a nonce that is none`(count: Int) async {
        await #expect(processExitsWith: .failure) { [count] in
            var bytes = [UInt8](repeating: 0, count: count)
            var span = bytes.mutableSpan
            RandomBytes.fillNonce(&span)
        }
    }

    @Test func `differ in a forked child from what its parent draws`() async {
        await #expect(processExitsWith: .success) {
            _ = nonce()  // from here on the parent's buffer has bytes to repeat
            let child = try inForkedChild { (0..<100).flatMap { _ in nonceBytes() } }
            let parent = (0..<100).flatMap { _ in nonceBytes() }
            #expect(child.count == 2_400)
            #expect(Set(words(of: child)).isDisjoint(with: words(of: parent)))
        }
    }

    @Test func `repeat no nonce of 200,000 that two forked children draw`() async {
        await #expect(processExitsWith: .success) {
            _ = nonce()  // both children are forked off a buffer that is full
            let drawn = try inForkedChildren(2) {
                (0..<100_000).flatMap { _ in nonceBytes().suffix(16) }
            }
            .flatMap(\.self)
            let nonces = stride(from: 0, to: drawn.count, by: 16).map { Array(drawn[$0..<$0 + 16]) }
            #expect(nonces.count == 200_000)
            #expect(Set(nonces).count == 200_000)
        }
    }

    @Test func `serve the threads of a forked child`() async {
        await #expect(processExitsWith: .success) {
            _ = nonce()
            let drawn = try inForkedChild {
                onThreads(4) { for _ in 0..<20_000 { _ = nonce() } }
                return [1]
            }
            #expect(drawn == [1])
        }
    }

    #if os(Linux)
        @Test func `leave no copy of a nonce in their buffer`() async {
            await #expect(processExitsWith: .success) {
                for _ in 0..<4 {
                    var cell = WipedBytes(count: 64)
                    cell.withMutableBytes { RandomBytes.fillNonce(&$0) }
                    let needle = cell.withBytes { Needle(lyingIn: $0) }
                    try #expect(needle.occurrences() == 1)
                    #expect(cell.withBytes { $0.count } == 64)
                }
            }
        }
    #endif

    private func bytes(count: Int) -> [UInt8] { .init(repeating: 0, count: count) }
}

/// The 24 bytes of a nonce.
private func nonceBytes() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 24)
    var span = bytes.mutableSpan
    RandomBytes.fillNonce(&span)
    return bytes
}

/// The last 16 bytes of a nonce, as a number: if these do not repeat, the nonce does not.
private func nonce() -> UInt128 {
    nonceBytes().suffix(16).reduce(0) { $0 << 8 | UInt128($1) }
}

/// Every run of eight bytes, so that bytes drawn twice are found at whatever offset.
private func words(of bytes: [UInt8]) -> [[UInt8]] {
    (0...bytes.count - 8).map { Array(bytes[$0..<$0 + 8]) }
}
