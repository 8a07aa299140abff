// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// Why a forked child gave no answer.
public enum ForkError: Error {
    /// The system refused a pipe or a process.
    case refused(systemCode: Int32)
    /// The child ended with this status, as `waitpid` reports it.
    case ended(status: Int32)
}

/// Runs `body` in a forked child of this process and returns the bytes that it gives.
///
/// Only the calling thread lives on in the child, and locks that other threads held stay held. Call
/// it from an exit test, whose process does nothing else; after two minutes the child is ended.
public func inForkedChild(_ body: () -> [UInt8]) throws(ForkError) -> [UInt8] {
    try inForkedChildren(1, body).flatMap(\.self)
}

/// The same in so many children, which are all forked before the answer of any is awaited: from one
/// state of this process.
public func inForkedChildren(
    _ count: Int, _ body: () -> [UInt8]
) throws(ForkError) -> [[UInt8]] {
    var children: [Child] = []
    for _ in 0..<count { children.append(try Child(body)) }
    var answers: [[UInt8]] = []
    for child in children { answers.append(try child.answer()) }
    return answers
}

private struct Child {
    private let id: pid_t
    private let output: FileHandle

    init(_ body: () -> [UInt8]) throws(ForkError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw .refused(systemCode: errno) }
        id = fork()
        guard id >= 0 else { throw .refused(systemCode: errno) }
        if id == 0 {
            Self.setAlarm()
            let answer = body()
            let written = unsafe write(ends[1], answer, answer.count)
            _exit(written == answer.count ? 0 : 1)
        }
        close(ends[1])
        output = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
    }

    func answer() throws(ForkError) -> [UInt8] {
        let answer = output.readDataToEndOfFile()
        var status: Int32 = 0
        unsafe waitpid(id, &status, 0)
        guard status == 0 else { throw .ended(status: status) }
        return Array(answer)
    }

    /// Ends the process by and by, whatever its parent had blocked.
    private static func setAlarm() {
        var alarmed = sigset_t()
        unsafe sigemptyset(&alarmed)
        unsafe sigaddset(&alarmed, SIGALRM)
        unsafe pthread_sigmask(SIG_UNBLOCK, &alarmed, nil)
        alarm(120)
    }
}

/// The system's fork, which Swift does not import.
private func fork() -> pid_t {
    typealias Fork = @convention(c) () -> pid_t
    guard let symbol = unsafe dlsym(dlopen(nil, RTLD_NOW), "fork") else { return -1 }
    return unsafe unsafeBitCast(symbol, to: Fork.self)()
}
