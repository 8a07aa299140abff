// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
internal import Foundation
internal import Testing

@Suite("Timestamp") struct TimestampTests {
    @Test(arguments: [0, 1, 1_800_000_000_000, 1 << 48 - 1] as [UInt64])
    func `is a number below 2^48`(milliseconds: UInt64) {
        #expect(Timestamp(milliseconds: milliseconds)?.milliseconds == milliseconds)
    }

    @Test(arguments: [1 << 48, 1 << 48 + 1, 1 << 63, .max] as [UInt64])
    func `is no greater number`(milliseconds: UInt64) {
        #expect(Timestamp(milliseconds: milliseconds) == nil)
    }

    @Test func `reads the system's clock`() {
        let before = UInt64(Date.now.timeIntervalSince1970 * 1_000)
        let now = Timestamp.now().milliseconds
        let after = UInt64(Date.now.timeIntervalSince1970 * 1_000)
        #expect(((before - 1)...(after + 1)).contains(now))
    }

    @Test func `is ordered by time`() throws {
        let moments = try [0, 1, 2, 1 << 40].map { try timestamp($0) }
        #expect(moments.reversed().sorted() == moments)
    }
}
