// SPDX-License-Identifier: Apache-2.0
internal import SecretMemory
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The terminal of the person at it, whatever standard input and output are.
struct Terminal: ~Copyable {
    private let descriptor: Int32

    /// Opens the terminal.
    ///
    /// - Throws: ``ToolError/noTerminal``.
    init() throws(ToolError) {
        let descriptor = unsafe open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .noTerminal }
        self.descriptor = descriptor
    }

    /// Asks for a secret that is not shown.
    ///
    /// The line is read byte by byte into guarded memory, with interrupts turned into bytes and
    /// signals into an end, so that the terminal is as it was before whatever happens.
    ///
    /// - Parameters:
    ///   - prompt: what to ask for.
    ///   - limit: how many bytes a line has at most.
    ///   - locking: what to do when its memory cannot be locked.
    func readSecret(
        _ prompt: String, limit: Int, locking: MemoryLocking
    ) throws -> SecretBytes {
        var secret = try SecretBytes(capacity: limit, locking: locking)
        let count = try withoutEcho {
            Standard.Stream(descriptor: descriptor).write(prompt)
            return try readLine(into: &secret)
        }
        secret.truncate(to: count)
        return secret
    }

    /// Asks for a line that is shown as it is typed: no secret.
    ///
    /// - Throws: ``ToolError``: `interrupted`; `badInput` for more than 128 bytes.
    func readLine(_ prompt: String) throws(ToolError) -> String {
        let interruption = Interruption()
        defer { interruption.end() }
        Standard.Stream(descriptor: descriptor).write(prompt)
        var line: [UInt8] = []
        while line.last != 0x0a {
            guard line.count <= 128 else { throw .badInput }
            line.append(try readByte())
        }
        return String(decoding: line.dropLast(), as: UTF8.self)
    }

    private func readByte() throws(ToolError) -> UInt8 {
        var byte: UInt8 = 0
        try awaitInput()
        guard unsafe read(descriptor, &byte, 1) == 1 else { throw .interrupted }
        return byte
    }

    private func readLine(into secret: inout SecretBytes) throws(ToolError) -> Int {
        var count = 0
        while true {
            let byte = try readByte()
            switch byte {
            case 0x0a, 0x0d: return count
            case 0x03, 0x04, 0x1a, 0x1c: throw .interrupted
            case 0x08, 0x7f: count = max(0, count - 1)
            case 0x15: count = 0
            default:
                guard count < secret.capacity else { throw .badInput }
                secret.withMutableBytes { $0[count] = byte }
                count += 1
            }
        }
    }

    /// Waits for a key. Another thread may get a signal, so this one looks up five times a second.
    private func awaitInput() throws(ToolError) {
        var input = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while unsafe poll(&input, 1, 200) < 1 {
            if Interruption.isNoted { throw .interrupted }
        }
    }

    private func withoutEcho<R>(_ body: () throws -> R) throws -> R {
        var before = termios()
        guard unsafe tcgetattr(descriptor, &before) == 0 else { throw ToolError.noTerminal }
        var quiet = before
        quiet.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        let interruption = Interruption()
        defer { interruption.end() }
        guard unsafe tcsetattr(descriptor, TCSAFLUSH, &quiet) == 0 else {
            throw ToolError.noTerminal
        }
        defer {
            unsafe tcsetattr(descriptor, TCSAFLUSH, &before)
            Standard.Stream(descriptor: descriptor).write("\n")
        }
        return try body()
    }

    deinit { close(descriptor) }
}

/// The standard streams of the process.
enum Standard {
    /// A stream that bytes are written to at once.
    struct Stream {
        fileprivate let descriptor: Int32

        fileprivate init(descriptor: Int32) { self.descriptor = descriptor }

        /// Whether a person sees it.
        var isTerminal: Bool { isatty(descriptor) == 1 }

        /// Writes a text that is no secret.
        func write(_ text: String) { write(text.utf8.span) }

        /// Writes bytes without keeping a copy. A reader that went away is nobody's error; a result
        /// that cannot be written for another reason ends the process.
        func write(_ bytes: Span<UInt8>) {
            var written = 0
            while written < bytes.count {
                let count = unsafe bytes.withUnsafeBytes { buffer in
                    unsafe systemWrite(
                        descriptor, buffer.baseAddress.map { unsafe $0 + written },
                        buffer.count - written)
                }
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return refuse(errno) }
                written += count
            }
        }

        private func refuse(_ systemCode: Int32) {
            guard descriptor == STDOUT_FILENO && systemCode != EPIPE else { return }
            Failure(ToolError.resultUnwritable(systemCode: systemCode), of: RootCommand.self).exit()
        }
    }

    /// Readies the streams. Call it before anything is opened.
    ///
    /// Where a stream is closed, the null device takes its place, open the other way: its use
    /// fails, and no file that is opened later is taken for it. A reader that goes away ends no
    /// import.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        for (descriptor, flags) in [(0, O_WRONLY), (1, O_RDONLY), (2, O_RDONLY)] as [(Int32, Int32)]
        where fcntl(descriptor, F_GETFD) < 0 {
            _ = unsafe open("/dev/null", flags)
        }
    }

    static let output = Stream(descriptor: STDOUT_FILENO)
    static let error = Stream(descriptor: STDERR_FILENO)

    /// Whether a person types standard input.
    static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }

    /// Reads a descriptor to its end into guarded memory, and keeps it from programs that are
    /// started later.
    ///
    /// - Throws: ``ToolError/badInput`` when it holds more than `limit` bytes, ``FileError`` when
    ///   it cannot be read.
    static func readSecret(
        from descriptor: Int32, limit: Int, locking: MemoryLocking
    ) throws -> SecretBytes {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var secret = try SecretBytes(capacity: limit + 1, locking: locking)
        var count = 0
        while count <= limit {
            let got = secret.withMutableBytes { bytes in
                unsafe bytes.withUnsafeMutableBytes { buffer in
                    unsafe read(
                        descriptor, buffer.baseAddress.map { unsafe $0 + count },
                        buffer.count - count)
                }
            }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw FileError(.read) }
            if got == 0 { break }
            count += got
        }
        guard count <= limit else { throw ToolError.badInput }
        secret.truncate(to: count)
        return secret
    }

    /// Reads a file into guarded memory.
    static func readSecret(
        fromFile path: String, limit: Int, locking: MemoryLocking
    ) throws -> SecretBytes {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(.open) }
        defer { close(descriptor) }
        return try readSecret(from: descriptor, limit: limit, locking: locking)
    }

    /// Reads standard input to its end into guarded memory.
    static func readSecretInput(limit: Int, locking: MemoryLocking) throws -> SecretBytes {
        try readSecret(from: STDIN_FILENO, limit: limit, locking: locking)
    }

    static func exit(_ code: Int32) -> Never { systemExit(code) }
}

/// The system's `write`, whose name is taken where bytes are written.
func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(descriptor, bytes, count)
}

private func systemExit(_ code: Int32) -> Never { exit(code) }
