// SPDX-License-Identifier: Apache-2.0
internal import CLibCrypto
@testable internal import CardCrypto
internal import Foundation
internal import Testing

/// Servers call `exit` while tasks still run, and the tool while threads of its pool end.
@Suite("An exit beside other threads") struct ExitTests {
    @Test func `leaves libcrypto as it is`() async {
        await #expect(processExitsWith: .exitCode(0)) {
            _ = HMACSHA256(key: [UInt8](repeating: 1, count: 32).span)
            // It would be called first of all that is freed.
            #expect(OPENSSL_atexit { _exit(7) } == 1)
            exit(0)
        }
    }
}
