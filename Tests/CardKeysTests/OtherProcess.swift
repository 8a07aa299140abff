// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import TestSupport

/// Another process that holds the lock of a file until it is told to let go.
final class OtherProcess: Sendable {
    /// What can hold such a lock, and how it is told to.
    private static let programs = [
        ("/usr/bin/flock", ["--exclusive", "PATH", "sh", "-c", "echo held; cat"]),
        (
            "/usr/bin/perl",
            [
                "-e", #"open F, ">>", shift; flock F, 2; $| = 1; print "held\n"; <STDIN>"#, "PATH",
            ]
        ),
    ]

    private static let program = programs.first {
        FileManager.default.isExecutableFile(atPath: $0.0)
    }

    /// Whether this machine has a program that can.
    static var isAvailable: Bool { program != nil }

    private let child: ChildProgram
    private let input = Pipe()

    /// Starts the process, and waits until it holds the lock.
    init(locking path: String) throws {
        guard let (program, arguments) = Self.program else { throw SampleError() }
        let output = Pipe()
        child = try ChildProgram(
            program, arguments.map { $0 == "PATH" ? path : $0 },
            input: input.fileHandleForReading, output: output.fileHandleForWriting)
        try input.fileHandleForReading.close()
        try output.fileHandleForWriting.close()
        let answer = output.fileHandleForReading.availableData
        guard answer == Data("held\n".utf8) else { throw SampleError() }
    }

    /// Frees the lock, by ending.
    func letGo() {
        try? input.fileHandleForWriting.close()
        child.wait()
    }
}
