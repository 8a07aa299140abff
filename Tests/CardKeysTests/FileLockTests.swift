// SPDX-License-Identifier: Apache-2.0
@testable internal import CardKeys
internal import Foundation
internal import TestSupport
internal import Testing

@Suite("File lock") struct FileLockTests {
    static let isHeld = FileError(operation: .lock, systemCode: EWOULDBLOCK)
    /// Enough for a free lock: a child that another test starts has its descriptor for a moment.
    static let ample = Duration.seconds(10)

    let scratch: Scratch
    var path: String { scratch.path("a.lock") }

    init() throws { scratch = try Scratch() }

    /// Why the lock cannot be had at once; nil when it can.
    private func refusal(patience: Duration = .zero) throws(FileError) -> FileError? {
        let file = try LockFile(path)
        do throws(FileError) {
            try file.lock(patience: patience)
            return nil
        } catch {
            return error
        }
    }

    @Test func `is had by one at a time`() throws {
        let lock = try FileLock(path)
        #expect(try refusal() == Self.isHeld)
        drop(lock)
        #expect(try refusal(patience: Self.ample) == nil)
    }

    @Test func `is held to the end of its scope, whatever its last use`() throws {
        do {
            let lock = try FileLock(path)
            use(lock)
            #expect(try refusal() == Self.isHeld)
        }
        #expect(try refusal(patience: Self.ample) == nil)
    }

    @Test func `is freed when its holder fails`() throws {
        #expect(throws: SampleError.self) {
            let lock = try FileLock(path)
            use(lock)
            throw SampleError()
        }
        #expect(try refusal(patience: Self.ample) == nil)
    }

    @Test func `can be freed and taken again without opening the file again`() throws {
        let file = try LockFile(path)
        for _ in 0..<3 {
            try file.lock(patience: .zero)
            #expect(try refusal() == Self.isHeld)
            file.unlock()
            #expect(try refusal(patience: Self.ample) == nil)
        }
    }

    @Test(.enabled(if: OtherProcess.isAvailable, "needs flock or perl to hold the lock"))
    func `excludes another process`() throws {
        let other = try OtherProcess(locking: path)
        #expect(try refusal() == Self.isHeld)
        other.letGo()
        #expect(try refusal(patience: Self.ample) == nil)
    }

    @Test(.enabled(if: OtherProcess.isAvailable, "needs flock or perl to hold the lock"))
    func `is had as soon as the other process lets go`() throws {
        let other = try OtherProcess(locking: path)
        Thread.detachNewThread { other.letGo() }
        #expect(try refusal(patience: Self.ample) == nil)
    }

    @Test func `is given up after as long as was asked for`() throws {
        let lock = try FileLock(path)
        var error: FileError?
        let duration = try ContinuousClock().measure {
            error = try refusal(patience: .milliseconds(50))
        }
        #expect(error == Self.isHeld)
        #expect(duration >= .milliseconds(49))
        drop(lock)
    }

    @Test func `is had by one thread at a time`() throws {
        let path = path
        let counter = Counter()
        onThreads(3) {
            for _ in 0..<50 { counter.addSlowly(under: path) }
        }
        #expect(counter.value == 200)
    }

    @Test func `outlives the replacing of what it protects`() throws {
        let lock = try FileLock(path)
        for _ in 0..<3 { try AtomicFile.replace(scratch.path(), with: [1]) }
        #expect(try refusal() == Self.isHeld)
        drop(lock)
    }

    @Test func `leaves its file where and as it is`() throws {
        try scratch.write([1, 2, 3], to: "a.lock")
        drop(try FileLock(path))
        #expect(try scratch.bytes(of: "a.lock") == [1, 2, 3])
    }

    @Test func `makes a file for the owner alone`() throws {
        drop(try FileLock(path))
        #expect(try scratch.permissions(of: "a.lock") == 0o600)
        #expect(try scratch.bytes(of: "a.lock").isEmpty)
    }

    @Test func `follows no link`() throws {
        try scratch.link("a.lock", to: "target")
        #expect(throws: FileError(operation: .open, systemCode: ELOOP)) { _ = try LockFile(path) }
        #expect(try scratch.names() == ["a.lock"])
    }

    @Test func `reports a folder that is not there`() throws {
        #expect(throws: FileError(operation: .open, systemCode: ENOENT)) {
            _ = try LockFile(scratch.path("none/a.lock"))
        }
    }

    @Test func `takes no name with a NUL in it`() throws {
        #expect(throws: FileError(operation: .open, systemCode: EINVAL)) {
            _ = try LockFile(scratch.path("a\0.lock"))
        }
        #expect(try scratch.names().isEmpty)
    }
}

private func use(_ lock: borrowing FileLock) {}
private func drop(_ lock: consuming FileLock) {}

/// A number that loses additions unless a lock orders them.
private final class Counter: @unchecked Sendable {  // ordered by the lock that is tested
    private(set) var value = 0

    func addSlowly(under path: String) {
        guard let lock = try? FileLock(path) else { return }
        let before = value
        sched_yield()
        value = before + 1
        drop(lock)
    }
}
