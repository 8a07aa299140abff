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

    @Test func `that others wrote is for the owner alone once it is settled`() throws {
        try scratch.write([1], to: "a")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: scratch.path("a"))
        try PrivateFile.settle(scratch.path("a"))
        #expect(try scratch.permissions(of: "a") == 0o600)
        #expect(try scratch.bytes(of: "a") == [1])
    }

    @Test func `is settled neither through a link nor where there is none`() throws {
        try scratch.write([1], to: "b")
        try scratch.link("a", to: "b")
        #expect(throws: FileError(operation: .open, systemCode: ELOOP)) {
            try PrivateFile.settle(scratch.path("a"))
        }
        #expect(throws: FileError(operation: .open, systemCode: ENOENT)) {
            try PrivateFile.settle(scratch.path("c"))
        }
    }
}
