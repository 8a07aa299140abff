// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("CSV reader") struct CSVReaderTests {
    @Test(arguments: [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
        ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
        ("a,b\r\n\"1\",\"2\"", [["a", "b"], ["1", "2"]]),
        ("\u{FEFF}a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("\u{FEFF}\"a\",b\n", [["a", "b"]]),
        ("\"1,2\",3\n", [["1,2", "3"]]),
        ("\"1\n2\r\n3\",4\n", [["1\n2\r\n3", "4"]]),
        ("\"say \"\"hi\"\"\",\"\"\"\"\n", [["say \"hi\"", "\""]]),
        (",,\n\"\",\"\"\n", [["", "", ""], ["", ""]]),
        ("a\n\n\r\nb\n\n", [["a"], ["b"]]),
        (" a , b \n", [[" a ", " b "]]),
        ("näme,日本,🂡\n", [["näme", "日本", "🂡"]]),
        ("", []), ("\u{FEFF}", []), ("\n\r\n", []),
    ])
    func `reads the fields of`(_ text: String, _ expected: [[String]]) throws {
        let found = try rows(text.utf8)
        #expect(found.map(\.text) == expected)
        #expect(found.allSatisfy { $0.fault == nil })
    }

    @Test(arguments: [
        ("x,\"never\n1,2\n", RowFault.unterminatedQuote), ("\"a\"b,c\n1,2\n", .byteAfterQuote),
        ("\"a\" ,c\n1,2\n", .byteAfterQuote), ("5\" disk,c\n1,2\n", .bareQuote),
        (" \"a\",c\n1,2\n", .bareQuote), ("a\rb,c\n1,2\n", .bareCarriageReturn),
        ("\"a\"\rb\n1,2\n", .bareCarriageReturn), ("a\0,c\n1,2\n", .nulByte),
        ("\"\0\",c\n1,2\n", .nulByte), ("x,\"a\"\",b\n1,2\n", .unterminatedQuote),
    ])
    func `refuses a row and reads the next`(_ text: String, _ fault: RowFault) throws {
        let found = try rows(text.utf8)
        #expect(found.map(\.fault) == [fault, nil])
        #expect(found.map(\.text) == [[], ["1", "2"]])
        #expect(found[1].start.line == 2)
    }

    @Test(arguments: [
        [0x80], [0xC3], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
        [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x82],
    ])
    func `refuses a row that is not UTF-8`(_ bytes: [UInt8]) throws {
        let found = try rows(Array("1,2\na".utf8) + bytes + Array(",x\n3,4\n".utf8))
        #expect(found.map(\.fault) == [nil, .invalidUTF8, nil])
        let quoted = try rows(Array("\"".utf8) + bytes + Array("\"\n3,4\n".utf8))
        #expect(quoted.map(\.fault) == [.invalidUTF8, nil])
    }

    @Test func `says where each row stands`() throws {
        let text = "\u{FEFF}a,b\r\n\n\"x\ny\",2\nbad\"\n3,4"
        let found = try rows(text.utf8)
        #expect(found.map(\.start.line) == [1, 3, 5, 6])
        #expect(found.map(\.start.byteOffset) == [3, 9, 17, 22])
        #expect(found.map(\.end.byteOffset) == [8, 17, 22, 25])
        #expect(found.map(\.end.line) == [2, 5, 6, 6])
    }

    @Test func `lends fields as they stand in the file`() throws {
        let found = try rows("\"a\"\"\", b,\"c\nd\"\r\n".utf8)
        #expect(found[0].raw == Array("\"a\"\"\", b,\"c\nd\"".utf8))
        #expect(found[0].text == ["a\"", " b", "c\nd"])
    }

    @Test func `takes 4,096 columns and no more`() throws {
        let full = String(repeating: ",", count: 4095) + "\n"
        #expect(try rows(full.utf8, limits: .standard)[0].fields.count == 4096)
        #expect(throws: CSVError.tooManyColumns(line: 2)) {
            _ = try rows(("a\n," + full).utf8, limits: .standard)
        }
    }

    /// The smaller buffer ends where the field too many begins.
    @Test(arguments: [10, 100])
    func `refuses a column too many whatever is in it`(bufferByteCount: Int) throws {
        let limits = CSVLimits(columnCount: 4, rowByteCount: 8, bufferByteCount: bufferByteCount)
        #expect(throws: CSVError.tooManyColumns(line: 2)) {
            _ = try rows("abcde\n,,,,\"".utf8, limits: limits)
        }
    }

    @Test(arguments: ["", "\n", "\r\n"])
    func `takes a row of 1 MiB and no more`(lineEnd: String) throws {
        let full = [UInt8](repeating: 0x61, count: 1 << 20)
        let found = try rows(full + Array(lineEnd.utf8), limits: .standard)
        #expect(found.map(\.fields) == [[full]])
        #expect(throws: CSVError.rowTooLong(line: 2)) {
            _ = try rows(Array("a\n".utf8) + full + [0x61] + Array(lineEnd.utf8), limits: .standard)
        }
    }

    @Test(arguments: [98, 99, 100, 101, 102, 103, 200])
    func `judges an unclosed quote by its row's length`(byteCount: Int) throws {
        let text = "a\n\"" + String(repeating: "x\n", count: byteCount).prefix(byteCount - 1)
        for extra in 0..<40 {
            let limits = CSVLimits(
                columnCount: 9, rowByteCount: 100, bufferByteCount: 102 + extra)
            if byteCount > 100 {
                #expect(throws: CSVError.rowTooLong(line: 2)) {
                    _ = try rows(text.utf8, limits: limits)
                }
            } else {
                #expect(try rows(text.utf8, limits: limits)[1].fault == .unterminatedQuote)
            }
        }
    }

    @Test func `tells what the system refused`() throws {
        #expect(throws: FileError.self) { _ = try OpenFile.reading("/nowhere/at/all.csv") }
        let scratch = try Scratch()
        let folder = try OpenFile.reading(scratch.path)
        var reader = CSVReader(folder)
        let error = #expect(throws: CSVError.self) { _ = try reader.next() }
        guard case .file(let refusal) = error else {
            Issue.record("not a refusal of the system")
            return
        }
        #expect(refusal.operation == .read)
        #expect(refusal.systemCode == EISDIR)
    }
}

@Suite("CSV reader, whatever the buffers") struct CSVBufferTests {
    static let text = """
        \u{FEFF}id,näme,"no\"\"te"\r
        1,é,"a,b"\r
        \r
        2,"multi\r\nline","x""y"
        bad"quote,1,2
        "bad"after,1,2
        cr\rbare,1,2
        3,日本,\0
        4,last,"open
        5,then,more
        """

    @Test func `finds the same rows`() throws {
        let scratch = try Scratch()
        let bytes = Array(Self.text.utf8)
        let path = try scratch.write(bytes)
        let expected = try rows(at: path)
        #expect(expected.count == 9)
        for size in 34...bytes.count + 3 {
            let limits = CSVLimits(columnCount: 64, rowByteCount: 32, bufferByteCount: size)
            #expect(try rows(at: path, limits: limits) == expected)
        }
    }

    @Test func `finds the remaining rows from the end of every row`() throws {
        let scratch = try Scratch()
        let path = try scratch.write(Self.text.utf8)
        let expected = try rows(at: path)
        for (index, row) in expected.enumerated() {
            #expect(try rows(at: path, from: row.end) == Array(expected[(index + 1)...]))
        }
    }

    @Test(arguments: 0..<40)
    func `agrees with a simple parser`(seed: Int) throws {
        var random = Seeded(state: UInt64(seed))
        for _ in 0..<5 {
            let scratch = try Scratch()
            let bytes = randomCSV(pieceCount: 0...500, &random)
            let path = try scratch.write(bytes)
            let expected = simpleParse(bytes)
            #expect(try rows(at: path) == expected)
            for (index, row) in expected.enumerated() where index % 7 == 0 {
                #expect(try rows(at: path, from: row.end) == Array(expected[(index + 1)...]))
            }
        }
    }

    @Test(arguments: 0..<20)
    func `gives one verdict on rows near the limit`(seed: Int) throws {
        var random = Seeded(state: UInt64(1000 + seed))
        for _ in 0..<10 {
            let scratch = try Scratch()
            let path = try scratch.write(randomCSV(pieceCount: 0...60, &random))
            let verdicts = [10, 11, 12, 17, 40, 500].map { verdict(path, bufferByteCount: $0) }
            #expect(verdicts.allSatisfy { $0 == verdicts[0] })
        }
    }

    /// The rows found with a limit of 8 bytes and 4 columns, or why the file is refused.
    private func verdict(_ path: String, bufferByteCount: Int) -> Verdict {
        let limits = CSVLimits(
            columnCount: 4, rowByteCount: 8, bufferByteCount: bufferByteCount)
        do {
            return Verdict(rows: try rows(at: path, limits: limits))
        } catch {
            return Verdict(error: error as? CSVError)
        }
    }

    private struct Verdict: Equatable {
        var rows: [SeenRow]?
        var error: CSVError?
    }
}

/// Text with more quotes, line ends and broken bytes than any file has.
private func randomCSV(
    pieceCount: ClosedRange<Int>, _ random: inout Seeded
) -> [UInt8] {
    let pieces: [[UInt8]] = [
        [0x61], [0x31], [0x20], [0x2C], [0x2C], [0x0A], [0x0A], [0x0D, 0x0A], [0x22], [0x22],
        [0x22, 0x22], [0x2C, 0x22], [0x22, 0x2C], [0x22, 0x0A], [0xC3, 0xA9],
    ]
    let rare: [[UInt8]] = [[0x0D], [0x00], [0xC3], [0xFF], [0xEF, 0xBB, 0xBF]]
    return (0..<Int.random(in: pieceCount, using: &random)).flatMap { _ in
        let isRare = Int.random(in: 0..<25, using: &random) == 0
        return (isRare ? rare : pieces).randomElement(using: &random) ?? []
    }
}
