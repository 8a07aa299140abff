// SPDX-License-Identifier: Apache-2.0
@testable internal import CardKeys
internal import Foundation
internal import TestSupport
internal import Testing

@Suite("File in pieces") struct FilePiecesTests {
    let scratch: Scratch
    var path: String { scratch.path("a") }

    init() throws { scratch = try Scratch() }

    private static func error(_ body: () throws(FileError) -> Void) -> FileError? {
        do throws(FileError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    /// Reads the file at `path` in pieces; nil where there is none.
    private static func read(_ path: String) throws(FileError) -> [[UInt8]]? {
        try AtomicFile.withPieces(of: path) { next throws(FileError) in
            var pieces: [[UInt8]] = []
            while let piece = try next() { pieces.append(piece) }
            return pieces
        }
    }

    @Test(arguments: [0, 1, 1 << 20, 1 << 20 + 1, 3 << 20]) func `is read to its end`(
        count: Int
    ) throws {
        var random = SeededRandom(seed: 1)
        let bytes = random.bytes(count: count)
        try scratch.write(bytes, to: "a")
        let pieces = try #require(try Self.read(path))
        #expect(pieces.flatMap(\.self) == bytes)
        #expect(pieces.allSatisfy { (1...1 << 20).contains($0.count) })
    }

    @Test func `is nothing where there is none`() throws {
        #expect(try Self.read(path) == nil)
    }

    @Test func `is not read through a link`() throws {
        try scratch.write([1], to: "b")
        try scratch.link("a", to: "b")
        #expect(
            Self.error { () throws(FileError) in _ = try Self.read(path) }
                == FileError(operation: .open, systemCode: ELOOP))
    }

    @Test func `is no folder, and no pipe to wait for`() throws {
        try scratch.makeFolder("folder")
        try #require(unsafe mkfifo(scratch.path("pipe"), 0o600) == 0)
        for name in ["folder", "pipe"] {
            #expect(
                Self.error { () throws(FileError) in _ = try Self.read(scratch.path(name)) }
                    == FileError(operation: .open, systemCode: EINVAL))
        }
    }

    @Test func `holds all that was written, for the owner alone`() throws {
        try AtomicFile.withNewFile(path) { write throws(FileError) in
            try write([1, 2])
            try write([])
            try write([3])
        }
        #expect(try scratch.bytes(of: "a") == [1, 2, 3])
        #expect(try scratch.permissions(of: "a") == 0o600)
    }

    @Test func `takes the place of no other`() throws {
        try scratch.write([1], to: "a")
        #expect(
            Self.error { () throws(FileError) in
                try AtomicFile.withNewFile(path) { write throws(FileError) in try write([2]) }
            } == FileError(operation: .open, systemCode: EEXIST))
        #expect(try scratch.bytes(of: "a") == [1])
    }

    @Test func `is none when its writer gives up`() throws {
        let reason = FileError(operation: .read, systemCode: EIO)
        #expect(
            Self.error { () throws(FileError) in
                try AtomicFile.withNewFile(path) { write throws(FileError) in
                    try write([1])
                    throw reason
                }
            } == reason)
        #expect(try scratch.names().isEmpty)
    }
}

@Suite("New folder") struct NewFolderTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `is made once, for the owner alone`() throws {
        #expect(try AtomicFile.makeFolder(scratch.path("a")))
        #expect(try scratch.permissions(of: "a") == 0o700)
        #expect(try !AtomicFile.makeFolder(scratch.path("a")))
    }

    @Test func `needs a folder and a name`() throws {
        #expect(throws: FileError(operation: .open, systemCode: ENOENT)) {
            try AtomicFile.makeFolder(scratch.path("none/a"))
        }
        #expect(throws: FileError(operation: .open, systemCode: EINVAL)) {
            try AtomicFile.makeFolder(scratch.path("a\0b"))
        }
    }
}
