// SPDX-License-Identifier: Apache-2.0
internal import CardData
internal import Testing

@Suite("Service code") struct ServiceCodeTests {
    private func code(_ text: String) throws -> ServiceCode { try ServiceCode(text.utf8.span) }

    @Test func `prints what was read, for all thousand`() throws {
        for value in 0..<1000 {
            let text = String(String(1000 + value).dropFirst())
            #expect(try code(text).description == text)
            #expect(try code(text).value == UInt16(value))
        }
    }

    @Test func `means what ISO 7813 says, for usual cards`() throws {
        let chip = try code("201")
        #expect(chip.interchange == .international)
        #expect(chip.prefersChip)
        #expect(chip.authorization == .normal)
        #expect(chip.services == .unrestricted)
        #expect(chip.pin == ServiceCode.PINRequirement.none)
        let debit = try code("620")
        #expect(debit.interchange == .national)
        #expect(debit.prefersChip)
        #expect(debit.authorization == .issuer)
        #expect(debit.services == .unrestricted)
        #expect(debit.pin == .required)
    }

    @Test(
        arguments: [
            (0, nil), (1, .international), (2, .international), (3, nil), (4, nil), (5, .national),
            (6, .national), (7, .agreed), (8, nil), (9, .test),
        ] as [(Int, ServiceCode.Interchange?)])
    func `reads the first digit`(digit: Int, interchange: ServiceCode.Interchange?) throws {
        #expect(try code("\(digit)01").interchange == interchange)
        #expect(try code("\(digit)01").prefersChip == (digit == 2 || digit == 6))
    }

    @Test(
        arguments: [
            (0, .normal), (1, nil), (2, .issuer), (3, nil), (4, .issuerUnlessAgreed), (5, nil),
            (6, nil), (7, nil), (8, nil), (9, nil),
        ] as [(Int, ServiceCode.Authorization?)])
    func `reads the second digit`(digit: Int, authorization: ServiceCode.Authorization?) throws {
        #expect(try code("1\(digit)1").authorization == authorization)
    }

    @Test(
        arguments: [
            (0, .unrestricted, .required), (1, .unrestricted, ServiceCode.PINRequirement.none),
            (2, .goodsAndServices, ServiceCode.PINRequirement.none), (3, .cashMachines, .required),
            (4, .cash, ServiceCode.PINRequirement.none), (5, .goodsAndServices, .required),
            (6, .unrestricted, .whereFeasible), (7, .goodsAndServices, .whereFeasible),
            (8, nil, nil), (9, nil, nil),
        ] as [(Int, ServiceCode.Services?, ServiceCode.PINRequirement?)])
    func `reads the third digit`(
        digit: Int, services: ServiceCode.Services?, pin: ServiceCode.PINRequirement?
    ) throws {
        #expect(try code("10\(digit)").services == services)
        #expect(try code("10\(digit)").pin == pin)
    }

    @Test(arguments: ["", "2", "20", "2010"]) func `refuses other than three bytes`(_ text: String)
    {
        #expect(throws: ServiceCodeError.digitCount(text.utf8.count)) { _ = try code(text) }
    }

    @Test(arguments: [("x01", 0), ("2/1", 1), ("20:", 2)])
    func `refuses other than digits`(_ text: String, offset: Int) {
        #expect(throws: ServiceCodeError.notADigit(offset: offset)) { _ = try code(text) }
    }

    @Test(arguments: [
        (ServiceCodeError.digitCount(2), "A service code has 3 digits, not 2."),
        (.notADigit(offset: 1), "The byte at offset 1 of a service code is no digit."),
    ])
    func `explains a refusal in one sentence`(_ error: ServiceCodeError, sentence: String) {
        #expect(error.description == sentence)
    }
}
