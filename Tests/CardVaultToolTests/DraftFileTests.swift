// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("Draft files") struct DraftFileTests {
    @Test func `have their name when they are whole, and not before`() throws {
        let scratch = try Scratch()
        let file = try DraftFile(scratch.file("new"))
        let line = String(repeating: "x", count: 99_999)
        for _ in 0..<3 { try file.append(line) }
        #expect(try scratch.names() == ["new.part"])
        try file.commit()
        #expect(try scratch.names() == ["new"])
        #expect(scratch.text("new") == String(repeating: line + "\n", count: 3))
    }

    @Test func `are gone when they are dropped before`() throws {
        let scratch = try Scratch()
        do {
            let file = try DraftFile(scratch.file("new"))
            try file.append("x")
        }
        #expect(try scratch.names().isEmpty)
    }

    @Test func `leave a file that came in between as it is`() throws {
        let scratch = try Scratch()
        do {
            let file = try DraftFile(scratch.file("new"))
            try scratch.write("mine".utf8, to: "new")
            #expect(throws: ToolError.self) { try file.commit() }
        }
        #expect(try scratch.names() == ["new"] && scratch.text("new") == "mine")
    }
}
