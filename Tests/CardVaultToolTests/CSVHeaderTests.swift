// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CardVaultTool

@Suite("CSV header") struct CSVHeaderTests {
    @Test func `names the columns`() throws {
        let header = try header("\u{FEFF}id,\"card, number\",\"a\"\"b\",näme\r\n1,2,3,4\n")
        #expect(header.names == ["id", "card, number", "a\"b", "näme"])
        #expect(header.line == "id,\"card, number\",\"a\"\"b\",näme")
        #expect(header.end == CSVPosition(byteOffset: 35, line: 2))
    }

    @Test func `stands alone in a file without rows`() throws {
        #expect(try header("id,pan").names == ["id", "pan"])
    }

    @Test func `finds a column by its very name`() throws {
        let header = try header("id,PAN,pan\n")
        #expect(try header.index(of: "pan") == 2)
        #expect(throws: CSVError.missingColumn(name: "Pan")) { _ = try header.index(of: "Pan") }
    }

    @Test(arguments: ["", "\u{FEFF}", "\n\r\n"])
    func `is missed in an empty file`(_ text: String) {
        #expect(throws: CSVError.empty) { _ = try header(text) }
    }

    @Test(arguments: [("a,b,a\n", 1, 3), ("x,,\n", 2, 3), ("a,\"a\"\n", 1, 2)])
    func `refuses one name twice`(_ text: String, _ first: Int, _ second: Int) {
        #expect(throws: CSVError.duplicateColumn(first: first, second: second)) {
            _ = try header(text)
        }
    }

    @Test func `is refused with a fault`() {
        #expect(throws: CSVError.header(.bareQuote)) { _ = try header("a\",b\n") }
        #expect(throws: CSVError.header(.bareCarriageReturn)) { _ = try header("a,b\r1,2\r") }
    }

    @Test(arguments: [
        "1,4111111111111111,x\n", "1,4111 1111 1111 1111,x\n", "1,4111-1111-1111-1111\n",
        "1,%B4111111111111111^DOE/J^2512101\n", "1,41111111\n",
    ])
    func `is not a row of cards`(_ text: String) {
        #expect(throws: CSVError.headerHoldsDigits(column: 2)) { _ = try header(text) }
    }

    @Test(arguments: ["balance_20240131\n", "last4,line1,line2\n", "2024,2025\n", "ean13\n"])
    func `may hold some digits`(_ text: String) {
        #expect(throws: Never.self) { _ = try header(text) }
    }

    @Test func `is shown on one line`() {
        let error = CSVError.missingColumn(
            name: "a\u{1B}[2J\nb" + String(repeating: "x", count: 99))
        #expect(error.description.count < 100)
        #expect(error.description.hasPrefix("The header has no column 'a?[2J?bxx"))
    }

    private func header(_ text: String) throws -> CSVHeader {
        let scratch = try Scratch()
        var reader = CSVReader(try OpenFile.reading(try scratch.write(text.utf8)))
        return try CSVHeader.read(&reader)
    }
}

@Suite("Column plan") struct CSVColumnPlanTests {
    let header = CSVHeader(names: ["a", "b", "pan", "c", "d", "e"], line: "", end: .start)

    @Test func `keeps runs of columns`() throws {
        let plan = try ColumnPlan(header, pan: "pan", dropping: ["d"])
        #expect(plan.panColumn == 2)
        #expect(plan.before == [0..<2])
        #expect(plan.after == [3..<4, 5..<6])
    }

    @Test func `refuses a column that is not there`() {
        #expect(throws: CSVError.missingColumn(name: "card")) {
            _ = try ColumnPlan(header, pan: "card")
        }
        #expect(throws: CSVError.missingColumn(name: "x")) {
            _ = try ColumnPlan(header, pan: "pan", dropping: ["x"])
        }
    }

    @Test func `keeps the card numbers`() {
        #expect(throws: CSVError.panColumnDropped) {
            _ = try ColumnPlan(header, pan: "pan", dropping: ["pan"])
        }
    }
}

@Suite("Pending rows") struct CSVPendingRowsTests {
    static let text = "a,\"p,n\",\"c\"\"\",d\n1,4111111111111111,\"x\ny\", z \r\n,,,\n1,2,3,4"

    @Test(arguments: [
        ([String](), "a,T,\"c\"\"\",d\n1,T,\"x\ny\", z \n,T,,\n1,T,3,4\n"),
        (["a"], "T,\"c\"\"\",d\nT,\"x\ny\", z \nT,,\nT,3,4\n"),
        (["c\""], "a,T,d\n1,T, z \n,T,\n1,T,4\n"),
        (["a", "c\"", "d"], "T\nT\nT\nT\n"),
    ])
    func `keep every other column as it was`(_ dropped: [String], _ expected: String) throws {
        let scratch = try Scratch()
        let path = try scratch.write(Self.text.utf8)
        var reader = CSVReader(try OpenFile.reading(path))
        let plan = try ColumnPlan(try CSVHeader.read(&reader), pan: "p,n", dropping: dropped)
        var rows = CSVReader(try OpenFile.reading(path))
        var pending = PendingRows(byteCount: 1 << 20)
        while let row = try rows.next() {
            let fits = pending.append(row, of: rows, plan)
            #expect(fits)
        }
        var writer = CSVWriter(try OpenFile.creating(scratch.file("out")), at: 0)
        for index in 0..<pending.count {
            try pending.write(index, token: "T".utf8.span, to: &writer)
        }
        try writer.flush()
        #expect(scratch.text("out") == expected)
        #expect((0..<pending.count).map { pending.line(of: $0) } == [1, 2, 4, 5])
    }

    @Test func `refuse a row when full and take it when emptied`() throws {
        let scratch = try Scratch()
        let long = String(repeating: "x", count: 400_000)
        let path = try scratch.write("a,p\n\(long),1\n\(long),2\n\(long),3\n".utf8)
        var reader = CSVReader(try OpenFile.reading(path))
        let plan = try ColumnPlan(try CSVHeader.read(&reader), pan: "p")
        var pending = PendingRows(byteCount: 1 << 20)
        var verdicts: [Bool] = []
        while let row = try reader.next() {
            verdicts.append(pending.append(row, of: reader, plan))
            if verdicts.last == false {
                pending.removeAll()
                verdicts.append(pending.append(row, of: reader, plan))
            }
        }
        #expect(verdicts == [true, true, false, true])
        #expect(pending.count == 1)
    }
}
