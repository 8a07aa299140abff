// SPDX-License-Identifier: Apache-2.0
internal import SecretMemory
internal import TestSupport
internal import Testing

@Suite("Wiped bytes") struct WipedBytesTests {
    @Test(arguments: [0, 1, 9, 4_096, 100_000]) func `start as zeros`(count: Int) {
        let cell = WipedBytes(count: count)
        #expect(cell.count == count)
        #expect(cell.withBytes { bytes in bytes.indices.allSatisfy { bytes[$0] == 0 } })
    }

    @Test func `lend what was written`() {
        var cell = WipedBytes(count: 256)
        cell.withMutableBytes { bytes in for i in bytes.indices { bytes[i] = UInt8(i) } }
        #expect(cell.withBytes { bytes in bytes.indices.allSatisfy { bytes[$0] == UInt8($0) } })
    }

    @Test func `lend no bytes where there are none`() {
        var cell = WipedBytes(count: 0)
        #expect(cell.withMutableBytes { $0.count } == 0)
        #expect(cell.withBytes { $0.isEmpty })
    }

    @Test func `hand on the error of the borrower`() {
        var cell = WipedBytes(count: 1)
        #expect(throws: SecretMemoryError.libraryUnavailable) {
            try cell.withBytes { _ throws(SecretMemoryError) in throw .libraryUnavailable }
        }
        #expect(throws: SecretMemoryError.libraryUnavailable) {
            try cell.withMutableBytes { _ throws(SecretMemoryError) in throw .libraryUnavailable }
        }
    }

    @Test func `hand on a noncopyable answer`() {
        let cell = WipedBytes(count: 3)
        let other = cell.withBytes { WipedBytes(count: $0.count) }
        #expect(other.count == 3)
    }

    @Test func `refuse a negative count`() async {
        await #expect(processExitsWith: .failure) { _ = WipedBytes(count: -1) }
    }

    @Test(arguments: [0, 1, 9]) func `refuse to be read past their end`(count: Int) async {
        await #expect(processExitsWith: .failure) { [count] in
            let cell = WipedBytes(count: count)
            print(cell.withBytes { $0[count] })
        }
    }

    #if os(Linux)
        @Test func `lie in memory once while held, and nowhere when dropped`() async {
            await #expect(processExitsWith: .success) {
                let needle = Needle()
                do {
                    var cell = WipedBytes(count: 256)
                    cell.withMutableBytes { needle.write(into: &$0, at: 128) }
                    try #expect(needle.occurrences() == 1)
                    #expect(cell.withBytes { $0.count } == 256)
                }
                try #expect(needle.occurrences() == 0)
            }
        }

        @Test func `leave nothing behind where they were moved`() async {
            await #expect(processExitsWith: .success) {
                let needle = Needle()
                var cell = WipedBytes(count: 256)
                cell.withMutableBytes { needle.write(into: &$0, at: 128) }
                var moved: WipedBytes? = pass(cell)
                try #expect(needle.occurrences() == 1)
                moved = nil
                let isGone = moved == nil
                #expect(isGone)
                try #expect(needle.occurrences() == 0)
            }
        }

        @Test func `differ in this from ordinary memory`() async {
            await #expect(processExitsWith: .success) {
                let needle = Needle()
                // Many, since some are used again before they are looked for.
                let cells = unsafe (0..<100).map { _ in unsafe ordinaryMemory(with: needle) }
                unsafe cells.forEach { unsafe $0.deallocate() }
                try #expect(needle.occurrences() > 0)
            }
        }
    #endif
}

@inline(never)
private func pass(_ cell: consuming WipedBytes) -> WipedBytes { cell }

#if os(Linux)
    private func ordinaryMemory(with needle: Needle) -> UnsafeMutablePointer<UInt8> {
        let base = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
        unsafe base.initialize(repeating: 0, count: 256)
        var bytes = unsafe MutableSpan(_unsafeStart: base, count: 256)
        needle.write(into: &bytes, at: 128)
        return unsafe base
    }
#endif
