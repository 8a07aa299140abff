// SPDX-License-Identifier: Apache-2.0
internal import CardData
internal import Testing

@Suite("Expiry date") struct ExpiryDateTests {
    @Test(arguments: ["03/30", "0330", "03/2030", "2030-03"])
    func `is read in four forms`(_ text: String) throws {
        let date = try ExpiryDate(text)
        #expect((date.month, date.year, date.code) == (3, 2030, 203003))
    }

    @Test(arguments: [
        "", "3", "330", "3/30", "03-30", "03 30", "03/3O", "O3/30", "0३30", "033030", "03/030",
        "2030/03", "03-2030", "2030-3", "20300-3", "203003", "+3/30", "03/30 ", "03/+030",
    ])
    func `is read in no other`(_ text: String) {
        #expect(throws: ExpiryDateError.form) { _ = try ExpiryDate(text) }
    }

    @Test(arguments: ["00/30", "13/30", "99/30", "0030", "2030-13"])
    func `refuses a month outside 1 to 12`(_ text: String) {
        #expect(throws: ExpiryDateError.month) { _ = try ExpiryDate(text) }
    }

    @Test(arguments: ["03/1999", "03/2100", "0000-01", "9999-12"])
    func `refuses a year outside 2000 to 2099`(_ text: String) {
        #expect(throws: ExpiryDateError.year) { _ = try ExpiryDate(text) }
    }

    @Test func `refuses parts out of bounds`() {
        #expect(throws: ExpiryDateError.month) { _ = try ExpiryDate(month: 0, year: 2030) }
        #expect(throws: ExpiryDateError.month) { _ = try ExpiryDate(month: 13, year: 2030) }
        #expect(throws: ExpiryDateError.month) { _ = try ExpiryDate(month: .min, year: 2030) }
        #expect(throws: ExpiryDateError.year) { _ = try ExpiryDate(month: 1, year: 1999) }
        #expect(throws: ExpiryDateError.year) { _ = try ExpiryDate(month: 1, year: .max) }
    }

    @Test func `is read back from its code and its text`() throws {
        for year in 2000...2099 {
            for month in 1...12 {
                let date = try ExpiryDate(month: month, year: year)
                #expect(ExpiryDate(code: date.code) == date)
                #expect(try ExpiryDate(date.description) == date)
            }
        }
    }

    @Test(arguments: [0, 199912, 200000, 200013, 209913, 210001, UInt32.max])
    func `has no other code`(code: UInt32) {
        #expect(ExpiryDate(code: code) == nil)
    }

    @Test func `prints as on the card`() throws {
        #expect(try ExpiryDate(month: 3, year: 2005).description == "03/05")
    }

    @Test func `comes before a later one`() throws {
        #expect(try ExpiryDate("12/29") < ExpiryDate("01/30"))
        #expect(try ExpiryDate("01/30") < ExpiryDate("02/30"))
        #expect(try !(ExpiryDate("01/30") < ExpiryDate("01/30")))
    }

    @Test(arguments: [
        (2030, 2, false), (2030, 3, false), (2030, 4, true), (2031, 1, true), (2029, 12, false),
    ])
    func `has expired in the months after its own`(year: Int, month: Int, expired: Bool) throws {
        #expect(try ExpiryDate("03/30").isExpired(inYear: year, month: month) == expired)
    }

    @Test func `stops on a month that is none`() async {
        await #expect(processExitsWith: .failure) {
            _ = try ExpiryDate("03/30").isExpired(inYear: 3, month: 2030)
        }
    }

    @Test(arguments: [
        (ExpiryDateError.form, "An expiry date is written MM/YY, MMYY, MM/YYYY or YYYY-MM."),
        (.month, "The month of an expiry date is 1 to 12."),
        (.year, "The year of an expiry date is 2000 to 2099."),
    ])
    func `explains a refusal in one sentence`(_ error: ExpiryDateError, sentence: String) {
        #expect(error.description == sentence)
    }
}
