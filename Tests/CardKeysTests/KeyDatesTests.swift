// SPDX-License-Identifier: Apache-2.0
@testable internal import CardKeys
internal import Testing

@Suite("Key dates") struct KeyDatesTests {
    /// Created at 1, active from 2 and compromised at 3.
    private func sample() throws -> KeyDates {
        var dates = KeyDates(created: try timestamp(1))
        dates.enter(.active, at: try timestamp(2))
        dates.enter(.compromised, at: try timestamp(3))
        return dates
    }

    @Test func `are kept as one big-endian word a state, after that of their making`() throws {
        let words: [UInt8] = [1, 0, 2, 0, 0, 3, 0]
        #expect(try sample().stored == words.flatMap { [0, 0, 0, 0, 0, 0, 0, $0] })
    }

    @Test func `are read as they were kept`() throws {
        let dates = try sample()
        #expect(KeyDates(stored: dates.stored) == dates)
    }

    @Test(arguments: [0, 1, 48, 55, 57, 64]) func `are none with another number of bytes`(
        count: Int
    ) {
        #expect(KeyDates(stored: [UInt8](repeating: 0, count: count)) == nil)
    }

    @Test(arguments: [0, 8, 16, 48]) func `are none with a moment that is none`(
        offset: Int
    ) throws {
        var stored = try sample().stored
        stored[offset] = 1  // 2^56 milliseconds and more
        #expect(KeyDates(stored: stored) == nil)
    }
}
