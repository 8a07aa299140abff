// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Why a program did not do its part.
enum ProgramError: Error, Equatable, CustomStringConvertible {
    /// The system did not start it.
    case notStarted(systemCode: Int32)
    /// It ended with another exit code than 0.
    case failed(code: Int32)
    /// A signal ended it.
    case ended(signal: Int32)

    /// One sentence.
    var description: String {
        switch self {
        case .notStarted(let systemCode):
            "The program cannot be started: system error \(systemCode)."
        case .failed(let code): "The program ended with exit code \(code)."
        case .ended(let signal): "The program was ended by signal \(signal)."
        }
    }
}

/// Another program, to be run without a shell.
struct Program {
    /// The file; it is not looked for elsewhere.
    let path: String
    let arguments: [String]

    /// Runs the program with a line on its standard input, and waits for its end.
    ///
    /// What it prints goes to our standard error: a result is ours alone.
    ///
    /// - Parameter line: with its newline, at most 512 bytes, which every pipe takes at once.
    func run(telling line: String) throws(ProgramError) {
        precondition(line.utf8.count <= 512, "more than every pipe takes at once")
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw .notStarted(systemCode: errno) }
        defer { close(ends[1]) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let (code, child) = spawn(reading: ends[0])
        close(ends[0])
        guard code == 0 else { throw .notStarted(systemCode: code) }
        // A program that ends without reading says by its exit code whether that was well.
        _ = unsafe line.utf8.span.withUnsafeBytes { bytes in
            unsafe systemWrite(ends[1], bytes.baseAddress, bytes.count)
        }
        close(ends[1])
        ends[1] = -1
        try Self.awaitEnd(of: child)
    }

    private func spawn(reading input: Int32) -> (code: Int32, child: pid_t) {
        var child: pid_t = -1
        var actions = unsafe SpawnActions()
        var attributes = SpawnAttributes()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
        // We do not care for readers that go away; other programs may.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        let environment = ProcessInfo.processInfo.environment.map { "\($0)=\($1)" }
        let code = unsafe Self.withTexts([path] + arguments) { arguments in
            unsafe Self.withTexts(environment) { environment in
                unsafe posix_spawn(&child, path, &actions, &attributes, arguments, environment)
            }
        }
        return (code, child)
    }

    private static func awaitEnd(of child: pid_t) throws(ProgramError) {
        var status: Int32 = 0
        while unsafe waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { throw .notStarted(systemCode: errno) }
        }
        // The low seven bits are the signal, the next byte the exit code (wait(2)).
        guard status & 0x7f == 0 else { throw .ended(signal: status & 0x7f) }
        let code = status >> 8 & 0xff
        guard code == 0 else { throw .failed(code: code) }
    }

    /// Lends texts as C wants them: an array of pointers with a null at its end.
    private static func withTexts<R>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R
    ) -> R {
        let copies = unsafe texts.map { unsafe strdup($0) }
        defer { unsafe copies.forEach { unsafe free($0) } }
        return unsafe body(copies + [nil])
    }
}

#if canImport(Darwin)
    private typealias SpawnActions = posix_spawn_file_actions_t?
    private typealias SpawnAttributes = posix_spawnattr_t?
#else
    private typealias SpawnActions = posix_spawn_file_actions_t
    private typealias SpawnAttributes = posix_spawnattr_t
#endif
