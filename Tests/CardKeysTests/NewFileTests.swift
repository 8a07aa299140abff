// SPDX-License-Identifier: Apache-2.0
@testable internal import CardKeys
internal import Foundation
internal import TestSupport
internal import Testing

@Suite("New file") struct NewFileTests {
    let scratch: Scratch
    var path: String { scratch.path("a") }

    init() throws { scratch = try Scratch() }

    /// Why the file cannot be made; nil when it can.
    private func refusal(_ path: String? = nil) -> FileError? {
        do throws(FileError) {
            try AtomicFile.create(path ?? self.path, with: [2])
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [0, 1, 1_000_000]) func `holds what it was given`(count: Int) throws {
        var random = SeededRandom(seed: 1)
        let bytes = random.bytes(count: count)
        try AtomicFile.create(path, with: bytes)
        #expect(try scratch.bytes(of: "a") == bytes)
        #expect(try scratch.names() == ["a"])
    }

    @Test func `is for the owner alone`() throws {
        try AtomicFile.create(path, with: [1])
        #expect(try scratch.permissions(of: "a") == 0o600)
    }

    @Test func `takes the place of no other`() throws {
        try scratch.write([1], to: "a")
        #expect(refusal() == FileError(operation: .open, systemCode: EEXIST))
        #expect(try scratch.bytes(of: "a") == [1])
    }

    @Test func `takes the place of no link, and follows none`() throws {
        try scratch.link("a", to: "b")
        #expect(refusal() == FileError(operation: .open, systemCode: EEXIST))
        #expect(try scratch.names() == ["a"])
    }

    @Test func `needs a folder and a name`() throws {
        #expect(
            refusal(scratch.path("none/a")) == FileError(operation: .open, systemCode: ENOENT))
        #expect(
            refusal(scratch.path("a\0b")) == FileError(operation: .open, systemCode: EINVAL))
        #expect(try scratch.names().isEmpty)
    }

    #if os(Linux)
        @Test func `is none when the disk is full`() async {
            await #expect(processExitsWith: .success) {
                let scratch = try Scratch()
                let (fileSize, path) = (Int32(1), scratch.path("a"))
                var before = rlimit()
                try #require(unsafe getrlimit(.init(fileSize), &before) == 0)
                // A write past the limit fails as one to a full disk does: a part, then an error.
                var limit = rlimit(rlim_cur: 10_000, rlim_max: before.rlim_max)
                signal(SIGXFSZ, SIG_IGN)
                try #require(unsafe setrlimit(.init(fileSize), &limit) == 0)
                #expect(throws: FileError(operation: .write, systemCode: EFBIG)) {
                    try AtomicFile.create(path, with: [UInt8](repeating: 2, count: 20_000))
                }
                try #require(unsafe setrlimit(.init(fileSize), &before) == 0)
                #expect(try scratch.names().isEmpty)
            }
        }
    #endif
}
