// SPDX-License-Identifier: Apache-2.0
#if os(Linux)
    internal import Foundation
    internal import SecretMemory
    internal import Testing

    @Suite("Process hardening") struct ProcessHardeningTests {
        static let fatalSignals = [
            SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP, SIGSYS,
        ]

        @Test func `limits core dumps to nothing, for good`() async {
            await #expect(processExitsWith: .success) {
                try ProcessHardening.apply()
                #expect(ProcessState.coreLimits() == [0, 0])
            }
        }

        @Test func `marks the process as not dumpable`() async {
            await #expect(processExitsWith: .success) {
                #expect(ProcessState.dumpable() == 1)
                try ProcessHardening.apply()
                #expect(ProcessState.dumpable() == 0)
            }
        }

        @Test func `makes new files private`() async {
            await #expect(processExitsWith: .success) {
                try ProcessHardening.apply()
                #expect(try ProcessState.umask() == "0077")
            }
        }

        @Test func `can be applied twice`() async {
            await #expect(processExitsWith: .success) {
                try ProcessHardening.apply()
                try ProcessHardening.apply()
                #expect(ProcessState.coreLimits() == [0, 0])
            }
        }

        @Test(arguments: fatalSignals) func `takes every handler off a fatal signal`(
            signal: Int32
        ) async {
            await #expect(processExitsWith: .signal(signal)) { [signal] in
                installHandler(of: signal)
                try ProcessHardening.apply()
                sendToSelf(signal)
            }
        }

        @Test(arguments: fatalSignals) func `is what takes it off`(signal: Int32) async {
            await #expect(processExitsWith: .exitCode(77)) { [signal] in
                installHandler(of: signal)
                sendToSelf(signal)
            }
        }

        // Others than root have no such allowance.
        @Test(.enabled(if: getuid() == 0)) func `locks all memory where told to`() async {
            await #expect(processExitsWith: .success) {
                try ProcessHardening.apply(lockingAllMemory: true)
                #expect(try ProcessState.lockedKibibytes() > 4_096)
            }
        }

        @Test func `reports the step that the system refuses`() async {
            await #expect(processExitsWith: .success) {
                try ProcessState.mayLock(byteCount: 0)
                let refusal = #expect(throws: ProcessHardening.Refusal.self) {
                    try ProcessHardening.apply(lockingAllMemory: true)
                }
                #expect(refusal?.step == "memory lock")
                #expect(refusal?.systemCode == EPERM)
                #expect(
                    refusal?.description
                        == "Hardening: memory lock refused, system error \(EPERM).")
            }
        }
    }

    /// Sends `signal` to the whole process, as some threads block it, and waits for what it does.
    private func sendToSelf(_ signal: Int32) {
        alarm(10)
        kill(getpid(), signal)
        while true { pause() }
    }

    /// Stands for the backtracer: a handler that would have the memory before its eyes.
    private func installHandler(of signal: Int32) {
        Foundation.signal(signal) { _ in _exit(77) }
    }
#endif
