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
/// it from an exit test, whose process does nothing else; after ten seconds the child is ended.
public func inForkedChild(_ body: () -> [UInt8]) throws(ForkError) -> [UInt8] {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw .refused(systemCode: errno) }
    let child = fork()
    guard child >= 0 else { throw .refused(systemCode: errno) }
    if child == 0 {
        alarm(10)
        let answer = body()
        let written = unsafe write(ends[1], answer, answer.count)
        _exit(written == answer.count ? 0 : 1)
    }
    close(ends[1])
    let answer = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true).readDataToEndOfFile()
    var status: Int32 = 0
    unsafe waitpid(child, &status, 0)
    guard status == 0 else { throw .ended(status: status) }
    return Array(answer)
}

/// The system's fork, which Swift does not import.
private func fork() -> pid_t {
    typealias Fork = @convention(c) () -> pid_t
    guard let symbol = unsafe dlsym(dlopen(nil, RTLD_NOW), "fork") else { return -1 }
    return unsafe unsafeBitCast(symbol, to: Fork.self)()
}
