// SPDX-License-Identifier: Apache-2.0
@testable internal import CardKeys
internal import Foundation
internal import Testing

@Suite("Private file") struct PrivateFileTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `is made empty, for the owner alone`() throws {
        try PrivateFile.create(scratch.path("a"))
        #expect(try scratch.names() == ["a"])
        #expect(try scratch.bytes(of: "a").isEmpty)
        #expect(try scratch.permissions(of: "a") == 0o600)
    }

    @Test func `is left as it is where there is one`() throws {
        try scratch.write([1, 2, 3], to: "a")
        try PrivateFile.create(scratch.path("a"))
        #expect(try scratch.bytes(of: "a") == [1, 2, 3])
    }

    @Test func `is not made at the end of a link`() throws {
        try scratch.link("a", to: "target")
        try PrivateFile.create(scratch.path("a"))
        #expect(try scratch.names() == ["a"])
    }

    @Test func `needs a folder that is there`() {
        #expect(throws: FileError(operation: .open, systemCode: ENOENT)) {
            try PrivateFile.create(scratch.path("none/a"))
        }
    }
}
