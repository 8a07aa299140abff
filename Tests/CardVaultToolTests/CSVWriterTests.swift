// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CardVaultTool

@Suite("CSV writer") struct CSVWriterTests {
    @Test(arguments: [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""),
        ("a\nb", "\"a\nb\""), ("a\rb", "\"a\rb\""), (" space ", " space "), ("", "\"\""),
    ])
    func `quotes where it must`(_ value: String, _ expected: String) throws {
        let scratch = try Scratch()
        var writer = CSVWriter(try OpenFile.creating(scratch.file("out")), at: 0)
        try writer.append(value: value.utf8.span)
        try writer.endRow()
        try writer.flush()
        #expect(scratch.text("out") == expected + "\n")
    }

    @Test func `leaves raw fields as they are`() throws {
        let scratch = try Scratch()
        var writer = CSVWriter(try OpenFile.creating(scratch.file("out")), at: 0)
        try writer.appendRaw("\"1\",2".utf8.span)
        try writer.append(value: "".utf8.span)
        try writer.appendRaw("\"\"".utf8.span)
        try writer.endRow()
        try writer.flush()
        #expect(scratch.text("out") == "\"1\",2,,\"\"\n")
    }

    @Test(arguments: [1, 2, 3, 7, 64, 4096])
    func `writes what a reader reads`(bufferByteCount: Int) throws {
        var random = Seeded(state: 7)
        let alphabet = Array("a1,\" \n\ré".unicodeScalars)
        let values = (0..<60).map { _ in
            (0..<Int.random(in: 1...4, using: &random)).map { _ in
                var text = String.UnicodeScalarView()
                for _ in 0..<Int.random(in: 0...6, using: &random) {
                    text.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
                }
                return String(text)
            }
        }
        let scratch = try Scratch()
        let file = try OpenFile.creating(scratch.file("out"))
        var writer = CSVWriter(file, at: 0, bufferByteCount: bufferByteCount)
        for row in values {
            for value in row { try writer.append(value: value.utf8.span) }
            try writer.endRow()
        }
        try writer.flush()
        let bytes = try #require(scratch.read("out"))
        #expect(writer.byteCount == bytes.count)
        #expect(try rows(bytes).map(\.text) == values)
    }

    @Test func `continues where it is told`() throws {
        let scratch = try Scratch()
        try scratch.write("a,b\nrest".utf8, to: "out")
        var writer = CSVWriter(try OpenFile.writing(scratch.file("out")), at: 4)
        try writer.append(value: "1234".utf8.span)
        #expect(writer.byteCount == 8)
        #expect(scratch.text("out") == "a,b\nrest")
        try writer.sync()
        #expect(scratch.text("out") == "a,b\n1234")
    }

    @Test func `drops what was not flushed`() throws {
        let scratch = try Scratch()
        do {
            var writer = CSVWriter(try OpenFile.creating(scratch.file("out")), at: 0)
            try writer.append(value: "1".utf8.span)
        }
        #expect(scratch.text("out") == "")
    }

    @Test func `tells what the system refused`() throws {
        let scratch = try Scratch()
        let path = try scratch.write([])
        var writer = CSVWriter(try OpenFile.reading(path), at: 0)
        try writer.append(value: "1".utf8.span)
        let error = #expect(throws: FileError.self) { try writer.flush() }
        #expect(error?.operation == .write)
    }
}
