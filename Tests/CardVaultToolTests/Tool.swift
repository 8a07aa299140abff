// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport

/// The built tool, run as a user runs it: with arguments, streams and a folder, and nothing else.
final class Tool {
    /// Why the tool could not be run.
    enum Refusal: Error {
        /// The build has no `card-vault` beside the tests.
        case notBuilt
    }

    /// What a run left on its streams, and how it ended: an exit code, or 128 and a signal's
    /// number.
    struct Transcript: Equatable, CustomStringConvertible {
        var status: Int32 = 0
        var output = ""
        var error = ""

        /// The run that ends with one line of what was wrong and one of what to do.
        static func refusal(
            _ status: Int32, _ message: String, _ hint: String, output: String = ""
        ) -> Transcript {
            Transcript(
                status: status, output: output, error: "card-vault: \(message)\n\(hint)\n")
        }

        /// Whether it ended with that code, no result, one line of what was wrong and one of what
        /// to do.
        func isRefusal(_ code: Int32) -> Bool {
            status == code && output.isEmpty && error.hasPrefix("card-vault: ")
                && error.hasSuffix(".\n") && error.split(separator: "\n").count == 2
        }

        var description: String { "[\(status)]\n\(output)--\n\(error)" }
    }

    /// Where the tool is: in the folder that the tests are built into, or one above.
    static func path() throws -> String {
        var folder = Bundle(for: Tool.self).bundleURL.resolvingSymlinksInPath()
        while folder.path != "/" {
            let path = folder.appendingPathComponent("card-vault").path
            if FileManager.default.isExecutableFile(atPath: path) { return path }
            folder.deleteLastPathComponent()
        }
        throw Refusal.notBuilt
    }

    /// Opening a keyring takes a processor and much memory: two at a time.
    private static let seats = DispatchSemaphore(value: 2)

    /// Runs the tool to its end.
    static func run(
        _ arguments: [String], in folder: String, input: String = "", shell: String? = nil
    ) throws -> Transcript {
        seats.wait()
        defer { seats.signal() }
        return try Tool(arguments, in: folder, input: input, shell: shell).finish()
    }

    /// Where programs are, and what a sanitizer of the tests is told.
    private static let environment = [
        "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
    ].merging(
        ProcessInfo.processInfo.environment.filter {
            ["ASAN_OPTIONS", "TSAN_OPTIONS", "LD_PRELOAD"].contains($0.key)
        }
    ) { path, _ in path }

    private let program: ChildProgram
    private let streams: Scratch

    /// Starts the tool.
    ///
    /// - Parameters:
    ///   - arguments: after the name.
    ///   - folder: where it runs.
    ///   - input: what standard input holds.
    ///   - shell: how a shell starts it, `"$@"` being the tool and its arguments.
    init(
        _ arguments: [String], in folder: String, input: String = "", shell: String? = nil
    ) throws {
        streams = try Scratch()
        try streams.write(input.utf8, to: "in")
        for name in ["out", "err"] { try streams.write([], to: name) }
        let command = [try Self.path()] + arguments
        let all = shell.map { ["/bin/sh", "-c", $0, "sh"] + command } ?? command
        program = try ChildProgram(
            all[0], Array(all.dropFirst()),
            environment: Self.environment, in: folder,
            input: FileHandle(forReadingFrom: URL(filePath: streams.file("in"))),
            output: FileHandle(forWritingTo: URL(filePath: streams.file("out"))),
            error: FileHandle(forWritingTo: URL(filePath: streams.file("err"))))
    }

    var isRunning: Bool { program.isRunning }

    /// Ends the tool without a warning.
    func kill() { send(SIGKILL) }

    /// Sends a signal to the tool.
    func send(_ signal: Int32) { program.send(signal) }

    /// Waits for the end.
    func finish() -> Transcript {
        let status =
            switch program.wait() {
            case .exit(let code): code
            case .signal(let number): 128 + number
            }
        return Transcript(
            status: status, output: streams.text("out") ?? "", error: streams.text("err") ?? "")
    }
}
