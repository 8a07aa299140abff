// SPDX-License-Identifier: Apache-2.0
internal import ConstantTime
internal import Testing

@Suite("Declassification") struct DeclassificationTests {
    @Test func `keeps every bit of a number`() {
        #expect((0..<32).allSatisfy { declassify(UInt32(1) << $0) == 1 << $0 })
        #expect(declassify(0) == 0)
        #expect(declassify(UInt32.max) == .max)
    }
}
