// SPDX-License-Identifier: Apache-2.0
public import Foundation
internal import Synchronization

/// Why a program was not started.
public struct ProgramError: Error {
    /// What the system said.
    public let systemCode: Int32
}

/// A program that runs beside the tests.
///
/// Foundation's `Process` is not used: where more than about 1,360 files are open, as they are
/// while many suites run side by side, it reads past the end of its list of them, and now and then
/// that ends the tests (swift-corelibs-foundation, pull request 5472).
public final class ChildProgram: Sendable {
    /// How a program ended.
    public enum End: Equatable, Sendable {
        case exit(Int32)
        case signal(Int32)
    }

    private let id: pid_t
    private let end = Mutex<End?>(nil)
    private let isDone = DispatchGroup()

    /// Starts a program with no open file but the three streams, and no signal blocked.
    ///
    /// - Parameters:
    ///   - path: where the program is.
    ///   - arguments: after its name.
    ///   - environment: all of it; nil for that of the tests.
    ///   - folder: where it runs; nil for where the tests do.
    ///   - input: what it reads; nil for nothing.
    ///   - output: where it writes; nil for nowhere.
    ///   - error: where it says what is wrong; nil for nowhere.
    public init(
        _ path: String, _ arguments: [String], environment: [String: String]? = nil,
        in folder: String? = nil, input: FileHandle? = nil, output: FileHandle? = nil,
        error: FileHandle? = nil
    ) throws(ProgramError) {
        let environment = environment ?? ProcessInfo.processInfo.environment
        id = try Self.spawn(
            [path] + arguments, environment.map { "\($0)=\($1)" }, in: folder,
            [input, output, error])
        isDone.enter()
        Thread.detachNewThread { [self] in
            awaitEnd()
            isDone.leave()
        }
    }

    /// Whether it has not ended yet.
    public var isRunning: Bool { end.withLock { $0 == nil } }

    /// Sends a signal, unless the program has ended.
    public func send(_ signal: Int32) {
        end.withLock { if $0 == nil { _ = kill(id, signal) } }
    }

    /// Waits for the end.
    @discardableResult public func wait() -> End {
        isDone.wait()
        guard let end = end.withLock({ $0 }) else { preconditionFailure("it has ended") }
        return end
    }

    /// Takes the child off the system's list as soon as it ends: others wait for theirs.
    private func awaitEnd() {
        var info = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(id), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        end.withLock { end in
            var status: Int32 = 0
            unsafe waitpid(id, &status, 0)
            let signal = status & 0x7f
            end = signal == 0 ? .exit(status >> 8 & 0xff) : .signal(signal)
        }
    }

    private static func spawn(
        _ command: [String], _ environment: [String], in folder: String?, _ streams: [FileHandle?]
    ) throws(ProgramError) -> pid_t {
        var (actions, attributes) = unsafe (posix_spawn_file_actions_t(), posix_spawnattr_t())
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        for (number, stream) in streams.enumerated() {
            if let stream = stream?.fileDescriptor {
                unsafe posix_spawn_file_actions_adddup2(&actions, stream, Int32(number))
            } else {
                unsafe posix_spawn_file_actions_addopen(
                    &actions, Int32(number), "/dev/null", O_RDWR, 0)
            }
        }
        if let folder { unsafe _ = addFolder(&actions, folder) }
        unsafe _ = addClosing(&actions, 3)
        var (none, all) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let argv = unsafe command.map { unsafe strdup($0) } + [nil]
        let envp = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer { unsafe (argv + envp).forEach { unsafe free($0) } }
        var id: pid_t = 0
        let code = unsafe posix_spawn(&id, command[0], &actions, &attributes, argv, envp)
        guard code == 0 else { throw ProgramError(systemCode: code) }
        return id
    }

    // Two of the system's that Swift does not import.
    private typealias Actions = UnsafeMutablePointer<posix_spawn_file_actions_t>

    /// Runs the program in a folder.
    private static let addFolder = unsafe symbol(
        "posix_spawn_file_actions_addchdir_np",
        as: (@convention(c) (Actions, UnsafePointer<CChar>) -> Int32).self)

    /// Closes all files from one on.
    private static let addClosing = unsafe symbol(
        "posix_spawn_file_actions_addclosefrom_np",
        as: (@convention(c) (Actions, Int32) -> Int32).self)

    private static func symbol<T>(_ name: String, as type: T.Type) -> T {
        guard let symbol = unsafe dlsym(dlopen(nil, RTLD_NOW), name) else {
            preconditionFailure("the system has no \(name)")
        }
        return unsafe unsafeBitCast(symbol, to: type)
    }
}
