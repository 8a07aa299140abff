// SPDX-License-Identifier: Apache-2.0
@testable internal import CardKeys
internal import Foundation
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("Atomic file") struct AtomicFileTests {
    let scratch: Scratch
    var path: String { scratch.path("a") }

    init() throws { scratch = try Scratch() }

    /// Why the file cannot be replaced; nil when it can.
    private func refusal(_ path: String, _ bytes: [UInt8] = [2]) -> FileError? {
        do throws(FileError) {
            try AtomicFile.replace(path, with: bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 1_000_000]) func `holds what it was given`(
        count: Int
    ) throws {
        var random = SeededRandom(seed: 1)
        let bytes = random.bytes(count: count)
        try AtomicFile.replace(path, with: bytes)
        #expect(try AtomicFile.load(path, limit: count) == bytes)
        #expect(try scratch.names() == ["a"])
    }

    @Test func `is nothing where there is none`() throws {
        #expect(try AtomicFile.load(path, limit: 10) == nil)
        #expect(try AtomicFile.load(scratch.path("none/a"), limit: 10) == nil)
    }

    @Test(arguments: [0, 1, 5, 6, 7, 8]) func `is read to one byte more than the limit`(
        limit: Int
    ) throws {
        let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7]
        try scratch.write(bytes, to: "a")
        #expect(try AtomicFile.load(path, limit: limit) == Array(bytes.prefix(limit + 1)))
    }

    @Test func `takes the place of the one before`() throws {
        try scratch.write([UInt8](repeating: 1, count: 1_000), to: "a")
        try AtomicFile.replace(path, with: [2])
        #expect(try scratch.bytes(of: "a") == [2])
        #expect(try scratch.names() == ["a"])
    }

    @Test func `is for the owner alone, whoever might read the one before`() throws {
        try scratch.write([1], to: "a")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        try AtomicFile.replace(path, with: [2])
        #expect(try scratch.permissions(of: "a") == 0o600)
    }

    @Test(arguments: [0, 0o077, 0o277, 0o777] as [UInt32])
    func `is for the owner, whatever the mask of new files`(mask: UInt32) async {
        await #expect(processExitsWith: .success) { [mask] in
            let scratch = try Scratch()
            umask(mode_t(mask))
            try AtomicFile.replace(scratch.path("a"), with: [2])
            #expect(try scratch.permissions(of: "a") == 0o600)
            #expect(try scratch.bytes(of: "a") == [2])
        }
    }

    @Test func `is written over what a crash left`() throws {
        try scratch.write([UInt8](repeating: 9, count: 1_000), to: "a.new")
        try AtomicFile.replace(path, with: [2])
        #expect(try scratch.bytes(of: "a") == [2])
        #expect(try scratch.names() == ["a"])
    }

    @Test func `is not written through a link to elsewhere`() throws {
        try scratch.write([1], to: "elsewhere")
        try scratch.link("a.new", to: "elsewhere")
        try AtomicFile.replace(path, with: [2])
        #expect(try scratch.bytes(of: "elsewhere") == [1])
        #expect(try scratch.bytes(of: "a") == [2])
        #expect(try scratch.names() == ["a", "elsewhere"])
    }

    @Test func `is read through a link, and does not take its place`() throws {
        try scratch.write([1], to: "target")
        try scratch.link("a", to: "target")
        #expect(try AtomicFile.load(path, limit: 10) == [1])
        #expect(refusal(path) == FileError(operation: .rename, systemCode: ELOOP))
        #expect(try AtomicFile.load(path, limit: 10) == [1])
        #expect(try scratch.names() == ["a", "target"])
    }

    @Test func `does not take the place of a link that leads nowhere`() throws {
        try scratch.link("a", to: "target")
        #expect(refusal(path) == FileError(operation: .rename, systemCode: ELOOP))
        #expect(try scratch.names() == ["a"])
    }

    @Test func `needs a folder that is there`() {
        #expect(refusal(scratch.path("none/a")) == FileError(operation: .open, systemCode: ENOENT))
    }

    @Test func `does not take the place of a folder, and leaves nothing behind`() throws {
        try scratch.makeFolder("a")
        #expect(refusal(path) == FileError(operation: .rename, systemCode: EISDIR))
        #expect(try scratch.names() == ["a"])
    }

    @Test func `is not written where a folder has the name of the temporary file`() throws {
        try scratch.write([1], to: "a")
        try scratch.makeFolder("a.new")
        #expect(refusal(path) == FileError(operation: .open, systemCode: EEXIST))
        #expect(try scratch.bytes(of: "a") == [1])
    }

    @Test func `has a name without a NUL`() throws {
        try scratch.write([1], to: "a")
        let refused = FileError(operation: .open, systemCode: EINVAL)
        #expect(refusal(scratch.path("a\0b")) == refused)
        #expect(throws: refused) { try AtomicFile.load(scratch.path("a\0b"), limit: 10) }
        #expect(throws: refused) { try AtomicFile.syncFolder(of: scratch.path("\0/a")) }
        #expect(try scratch.bytes(of: "a") == [1])
    }

    @Test(arguments: ["a", "./a", "b/../a"]) func `may have a relative name`(
        name: String
    ) async {
        await #expect(processExitsWith: .success) { [name] in
            let scratch = try Scratch()
            try scratch.makeFolder("b")
            try #require(FileManager.default.changeCurrentDirectoryPath(scratch.folder))
            try AtomicFile.replace(name, with: [2])
            #expect(try scratch.bytes(of: "a") == [2])
        }
    }

    @Test func `is a whole one whenever it is read`() throws {
        let path = path
        let versions = (1...4).map { [UInt8](repeating: $0, count: Int($0) * 30_000) }
        try AtomicFile.replace(path, with: versions[0])
        let writers = Atomic(0)
        let left = Atomic(60)
        let wrong = Atomic(0)
        onThreads(2) {
            let isWriter = writers.add(1, ordering: .relaxed).oldValue == 0
            while left.load(ordering: .relaxed) > 0 {
                let bytes = try? AtomicFile.load(path, limit: 1_000_000)
                if !versions.contains(bytes ?? []) { wrong.add(1, ordering: .relaxed) }
                guard isWriter else { continue }
                let round = left.subtract(1, ordering: .relaxed).newValue
                if (try? AtomicFile.replace(path, with: versions[round % 4])) == nil {
                    wrong.add(1, ordering: .relaxed)
                }
            }
        }
        #expect(wrong.load(ordering: .relaxed) == 0)
    }

    #if os(Linux)
        @Test func `stays the old one when the disk is full`() async {
            await #expect(processExitsWith: .success) {
                let scratch = try Scratch()
                try scratch.write([1], to: "a")
                let (fileSize, path) = (Int32(1), scratch.path("a"))
                var before = rlimit()
                try #require(unsafe getrlimit(.init(fileSize), &before) == 0)
                // A write past the limit fails as one to a full disk does: a part, then an error.
                var limit = rlimit(rlim_cur: 10_000, rlim_max: before.rlim_max)
                signal(SIGXFSZ, SIG_IGN)
                try #require(unsafe setrlimit(.init(fileSize), &limit) == 0)
                #expect(throws: FileError(operation: .write, systemCode: EFBIG)) {
                    try AtomicFile.replace(path, with: [UInt8](repeating: 2, count: 20_000))
                }
                try #require(unsafe setrlimit(.init(fileSize), &before) == 0)
                #expect(try scratch.bytes(of: "a") == [1])
                #expect(try scratch.names() == ["a"])
            }
        }

        @Test func `stays the old one in a folder that may not be written`() async throws {
            try scratch.write([1], to: "a")
            try permit(0o555)
            await #expect(processExitsWith: .success) { [path = path as String] in
                try #require(getuid() != 0 || setuid(65_534) == 0)
                #expect(throws: FileError(operation: .open, systemCode: EACCES)) {
                    try AtomicFile.replace(path, with: [2])
                }
            }
            try permit(0o755)
            #expect(try scratch.bytes(of: "a") == [1])
            #expect(try scratch.names() == ["a"])
        }

        private func permit(_ permissions: Int) throws {
            try FileManager.default.setAttributes(
                [.posixPermissions: permissions], ofItemAtPath: scratch.folder)
        }
    #endif
}
