// SPDX-License-Identifier: Apache-2.0
#if os(Linux)
    internal import Foundation
    internal import SecretMemory
    internal import TestSupport
    internal import Testing

    /// This test program, started once more with Swift's backtracer on, to crash in a test.
    @Suite("Backtrace of a crash") struct BacktraceTests {
        static let order = "CARD_VAULT_TEST_CRASH"
        static let ordered = ProcessInfo.processInfo.environment[order]

        @Test func `is printed by a process that is not hardened`() throws {
            #expect(try messages(ofCrash: "bare").contains("Program crashed"))
        }

        @Test func `is not printed once the process is hardened`() throws {
            #expect(try !messages(ofCrash: "hardened").contains("Program crashed"))
        }

        @Test(.enabled(if: ordered != nil)) func `crashes when ordered to`() throws {
            if Self.ordered == "hardened" { try ProcessHardening.apply() }
            let nowhere = unsafe UnsafePointer<UInt8>(bitPattern: 8)
            print(unsafe nowhere?.pointee ?? 0)
        }

        /// What a crashing process writes to standard error.
        private func messages(ofCrash kind: String) throws -> String {
            // A file and not a pipe, which the backtracer would hold open.
            let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
            try Data().write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            let environment = ProcessInfo.processInfo.environment.merging([
                Self.order: kind,
                "SWIFT_BACKTRACE":
                    "enable=yes,color=no,interactive=no,threads=crashed,symbolicate=off,limit=4",
            ]) { $1 }
            let program = try ChildProgram(
                URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path,
                ["--testing-library", "swift-testing", "--filter", "crashes when ordered to"],
                environment: environment, error: FileHandle(forWritingTo: file))
            #expect(program.wait() == .signal(SIGSEGV))
            return try String(decoding: Data(contentsOf: file), as: UTF8.self)
        }
    }
#endif
