// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CardVaultTool

@Suite("Names of sensitive columns") struct SensitiveKindTests {
    @Test(arguments: [
        "cvv", "CVV2", "card_cvv", "Card-CVV2", "cardCvv", "CVVCode", "c.v.v", "cvc", "CVC2", "cid",
        "csc", "CAV2", "cvn", "Card Verification Value", "cardVerificationCode", "security code",
        "SecurityCode", "SECURITYCODE", "card_security_code",
    ])
    func `tell a verification code`(_ name: String) {
        #expect(SensitiveKind(columnName: name) == .verificationCode)
    }

    @Test(arguments: [
        "track", "Track1", "track_2", "TRACK 2 DATA", "track2data", "trackData", "magstripe",
        "Mag-Stripe", "magnetic stripe",
    ])
    func `tell a track`(_ name: String) {
        #expect(SensitiveKind(columnName: name) == .track)
    }

    @Test(arguments: [
        "pin", "PIN", "card_pin", "pinblock", "PINBlock", "pin_block", "Encrypted PIN",
    ])
    func `tell a PIN`(_ name: String) {
        #expect(SensitiveKind(columnName: name) == .pin)
    }

    @Test(arguments: [
        "pan", "PAN", "pan2", "old_pan", "card number", "CardNumber", "cardnumber", "CARD_NO",
        "cardNo", "cc_num", "ccNumber", "credit card", "creditCardNumber", "Account Number",
        "primaryAccountNumber", "acct-no", "customer account number", "p.a.n.",
    ])
    func `tell a card number`(_ name: String) {
        #expect(SensitiveKind(columnName: name) == .pan)
    }

    @Test(arguments: [
        "", "id", "name", "span", "company", "Pancake", "expand", "spin", "pinterest", "shipping",
        "tracking_number", "soundtrack", "tracked", "incident", "acid", "cidr", "card", "card_id",
        "card_type", "cardholder", "account", "account_id", "number", "order number", "phone_no",
        "security", "code", "postcode", "country code", "Stripe customer", "opinion", "Japan",
        "cvv_result", "CVV Match", "cvc_check", "security_code_response", "pin_verified",
        "pan_last4", "PAN last four", "card_number_masked", "card number (last 4)", "card_no_bin",
        "pan_entry_mode", "account_number_type", "track_status", "日本", "é",
    ])
    func `leave alone`(_ name: String) {
        #expect(SensitiveKind(columnName: name) == nil)
    }
}

@Suite("Column guard") struct ColumnGuardTests {
    @Test(arguments: [
        "%B4111111111111111^DOE/JOHN^2512101000000000", "B4111111111111111^DOE/JOHN^2512101",
        "%b5555555555554444^DOE/J^2512101", ";4111111111111111=25121010000000000000?",
        ";4111111111111111=2", "4111111111111111=2512101", "378282246310005=251210112345",
        "4111111111111111D25121010000", "4111111111111111d2512101", "T2: 4111111111111111=2512101?",
        "%B4111111111111111^X^25121011;4111111111111111=25121011?",
    ])
    func `finds track data`(_ value: String) throws {
        #expect(try verdict(["x", value, "", "y"]) == Verdict(kind: .track, evidence: .values))
    }

    @Test(arguments: [
        ["4111111111111111"], ["4111 1111 1111 1111", "5555-5555-5555-4444"],
        ["378282246310005", "x"], [" 6011111111111117 ", "", ""], ["2223003122003222"],
        ["4111111111111111", "none", "6304000000000000"], ["30569309025904"], ["4222222222222"],
    ])
    func `finds a second card number`(_ values: [String]) throws {
        #expect(try verdict(values) == Verdict(kind: .pan, evidence: .values))
    }

    @Test(arguments: [
        ["123", "456", "789"], ["1234", "5678", "9012"], ["123", "4567", "890"],
        ["000", "111", "222", "", "000"], ["1301", "1402", "9913"], ["1201", "1301", "1399"],
        [" 123 ", "456", "789"],
    ])
    func `suspects codes`(_ values: [String]) throws {
        let expected = Verdict(kind: .verificationCode, evidence: .shapeOfValues)
        #expect(try verdict(values) == expected)
    }

    @Test(arguments: [
        [], [""], ["", " "], ["123", "456"], ["123", "123", "456", "456"],
        ["123", "456", "789", "x"],
        ["123", "456", "7890", "12"], ["0125", "1226", "0927"], ["2501", "2612", "2709"],
        ["1999", "2024", "2031"], ["1111", "1111", "1111"], ["00123", "00456", "00789"],
        ["4111111111111112"], ["4111111111111111", "x", "y"], ["1111111111111117"],
        ["9411111111111111"], ["411111111111"], ["41111111111111111111"],
        ["4111111111111111=2513101"], ["4111111111111111=251210"], ["411111111111=2512101"],
        ["a=b", "x^y", ";1=2"], ["2024-01-02", "+49 151 12345678"], ["192.168.0.1"],
        ["550e8400-e29b-41d4-a716-446655440000"], ["4111111111111111 visa"],
        ["840", "978", "978", "978"],
        ["12", "23", "34"], ["12a", "123", "124"], ["１２３", "４５６", "７８９"],
    ])
    func `passes`(_ values: [String]) throws {
        #expect(try verdict(values) == nil)
    }

    @Test func `passes the last four of the card in the row`() throws {
        let text = "pan,last\n4111111111111111,1111\n5555555555554444,4444\n378282246310005,0005\n"
        #expect(try findings(text).isEmpty)
        #expect(try findings(text + "6011111111111117,1118\n").map(\.kind) == [.verificationCode])
    }

    @Test func `lets a mere shape be overruled, and nothing else`() throws {
        let text = "pan,code,cvv,other\n1,123,x,4111111111111111\n1,456,y,\n1,789,z,\n"
        #expect(try findings(text).map(\.mayBeOverruled) == [true, false, false])
        #expect(try findings(text, keeping: [1, 2, 3]).map(\.column) == [2, 3])
    }

    @Test func `does not mind what is dropped, nor the card numbers themselves`() throws {
        let text = "pan,cvv,x\n4111111111111111,123,;4111111111111111=25121010\n"
        #expect(try findings(text).map(\.column) == [1, 2])
        #expect(try findings(text, dropping: ["cvv", "x"]).isEmpty)
    }

    @Test func `names every column and no value`() throws {
        let text = "pan,cvv,x\n4111111111111111,987,;4111111111111111=25121010\n"
        let error = SensitiveColumns(findings: try findings(text))
        #expect(
            error.description == """
                Column 2, 'cvv', is named like a card verification code, which is never kept after \
                authorization. Column 3, 'x', holds track data, which is never kept after \
                authorization.
                """)
    }

    @Test func `looks at the first 1,000 good rows`() throws {
        let filler = String(repeating: "1,a\nragged\nbad\",x\n", count: 999)
        #expect(try findings("pan,x\n" + filler + "1,;4111111111111111=2512\n").count == 1)
        #expect(try findings("pan,x\n" + filler + "1,a\n1,;4111111111111111=2512\n").isEmpty)
    }

    /// The findings in a file.
    private func findings(
        _ text: String, dropping dropped: [String] = [], keeping kept: Set<Int> = []
    ) throws -> [ColumnFinding] {
        let scratch = try Scratch()
        var reader = CSVReader(try OpenFile.reading(try scratch.write(text.utf8)))
        let plan = try ColumnPlan(try CSVHeader.read(&reader), pan: "pan", dropping: dropped)
        var columns = ColumnGuard(plan, keeping: kept)
        try columns.sample(&reader)
        do {
            try columns.judge()
            return []
        } catch {
            return error.findings
        }
    }

    /// The verdict on a column of these values that is named `x`.
    private func verdict(_ values: [String]) throws -> Verdict? {
        let header = CSVHeader(names: ["pan", "x"], line: "", end: .start)
        var columns = ColumnGuard(try ColumnPlan(header, pan: "pan"))
        for value in values { columns.look(at: value.utf8.span, in: 1, besides: "1".utf8.span) }
        do {
            try columns.judge()
            return nil
        } catch {
            return error.findings.first.map { Verdict(kind: $0.kind, evidence: $0.evidence) }
        }
    }

    private struct Verdict: Equatable {
        let kind: SensitiveKind
        let evidence: ColumnFinding.Evidence
    }
}

@Suite("Row guard") struct RowGuardTests {
    @Test(arguments: [
        "4111111111111111", "4111 1111 1111 1111", "x 4111-1111-1111-1111 y",
        "94111111111111111", "4111 1111 1111 1111 123", "\"a,\"\"4111111111111111\"\"\"",
    ])
    func `finds the card number of the row`(_ value: String) {
        #expect(throws: RowGuardError.cardNumberRepeated(column: "note")) {
            try check("1,\(value),4111 1111-11111111,2")
        }
        #expect(throws: RowGuardError.cardNumberRepeated(column: "tail")) {
            try check("1,2,4111 1111-11111111,\(value)")
        }
    }

    @Test func `finds track data`() {
        #expect(throws: RowGuardError.trackData(column: "tail")) {
            try check("1,2,4111111111111111,;5555555555554444=2512")
        }
        #expect(throws: RowGuardError.trackData(column: "note")) {
            try check("1,%B5555555555554444^A^2512,4111111111111111,")
        }
    }

    @Test(arguments: [
        "1,2,4111111111111111,3", ",,4111111111111111,", "5555555555554445,,4111111111111111,",
        "4111,11111111,4111111111111111,1111", "1,4111.1111.1111.1111,4111111111111111,",
        ",411111111111111,4111111111111111,", ",1234567,1234567,", ",x,x,", "1,2,,3",
    ])
    func `passes`(_ row: String) {
        #expect(throws: Never.self) { try check(row) }
    }

    @Test(arguments: ["5555555555554444", "was 3782 822463 10005.", "ref:6011-1111-1111-1117"])
    func `finds another card number`(_ value: String) {
        #expect(throws: RowGuardError.otherCardNumber(column: "note")) {
            try check("1,\(value),4111111111111111,")
        }
        #expect(throws: Never.self) {
            try check("1,\(value),4111111111111111,", keeping: [1])
        }
    }

    @Test func `does not mind what is dropped`() {
        #expect(throws: Never.self) {
            try check("1,2,4111111111111111,4111111111111111", dropping: ["tail"])
        }
    }

    private func check(
        _ row: String, dropping dropped: [String] = [], keeping kept: Set<Int> = []
    ) throws {
        let scratch = try Scratch()
        let path = try scratch.write("id,note,pan,tail\n\(row)\n".utf8)
        var reader = CSVReader(try OpenFile.reading(path))
        let plan = try ColumnPlan(try CSVHeader.read(&reader), pan: "pan", dropping: dropped)
        _ = try reader.next()
        try RowGuard(plan, keeping: kept).check(reader)
    }
}
