// SPDX-License-Identifier: Apache-2.0
internal import ConstantTime
internal import Testing

@Suite("Choice") struct ChoiceTests {
    static let bools = [false, true]

    @Test func `declassifies to the Bool it stands for`() {
        #expect(Choice.yes.declassify())
        #expect(!Choice.no.declassify())
    }

    @Test(arguments: bools) func `negates as a Bool does`(a: Bool) {
        #expect((!choice(a)).declassify() == !a)
    }

    @Test(arguments: bools, bools) func `agrees with a Bool on both`(a: Bool, b: Bool) {
        #expect((choice(a) & choice(b)).declassify() == (a && b))
    }

    @Test(arguments: bools, bools) func `agrees with a Bool on either`(a: Bool, b: Bool) {
        #expect((choice(a) | choice(b)).declassify() == (a || b))
    }

    @Test(arguments: bools, bools) func `agrees with a Bool on exactly one`(a: Bool, b: Bool) {
        #expect((choice(a) ^ choice(b)).declassify() == (a != b))
    }

    @Test func `stays a bit through a long chain of operators`() {
        var verdict = Choice.no
        for _ in 0..<1_000 { verdict = !(verdict ^ .yes) | (verdict & !verdict) }
        #expect(!verdict.declassify())
    }

    private func choice(_ bool: Bool) -> Choice { bool ? .yes : .no }
}
