// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CardVaultTool

@Suite("Lines") struct LineReaderTests {
    @Test(arguments: [
        ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]),
        ("a\n\nb\n", ["a", "", "b"]), ("a\r\n", ["a\r"]),
    ])
    func `end in line feeds`(text: String, lines: [String]) throws {
        #expect(try read(text, byteLimit: 8) == lines)
    }

    @Test func `that are too long are cut off after one byte more`() throws {
        #expect(
            try read("12345678\n123456789\n1234567890\n1", byteLimit: 8) == [
                "12345678", "123456789", "123456789", "1",
            ])
    }

    @Test func `go on where a buffer ends`() throws {
        let lines = (0..<400).map { String(repeating: "x", count: 300 + $0) }
        #expect(try read(lines.joined(separator: "\n"), byteLimit: 1000) == lines)
        let whole = [String(repeating: "x", count: (1 << 16) - 1), "y"]
        #expect(try read(whole.joined(separator: "\n"), byteLimit: 1 << 17) == whole)
    }

    private func read(_ text: String, byteLimit: Int) throws -> [String] {
        let scratch = try Scratch()
        let file = try OpenFile.reading(scratch.write(text.utf8))
        var reader = LineReader(file, byteLimit: byteLimit)
        var lines: [String] = []
        while let line = try reader.next() { lines.append(line) }
        return lines
    }
}
