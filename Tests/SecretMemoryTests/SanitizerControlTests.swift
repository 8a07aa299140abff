// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import TestSupport
internal import Testing

/// Faults made on purpose, which `scripts/sanitize` must see reported. They run on demand alone.
@Suite("Planted faults") struct SanitizerControlTests {
    private static func isAsked(_ sanitizer: String) -> Bool {
        ProcessInfo.processInfo.environment["CARD_VAULT_PLANTED_FAULT"] == sanitizer
    }

    @Test(.enabled(if: isAsked("thread"))) func `two threads write one number`() {
        let number = SharedNumber()
        onThreads(3) { number.increment() }
        #expect(number.value > 0)
    }

    @Test(.enabled(if: isAsked("address"))) func `a byte past the end is read`() {
        let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 32)
        unsafe bytes.initialize(repeating: 1)
        let past = unsafe bytes.baseAddress.map { unsafe $0[bytes.count] }
        unsafe bytes.deallocate()
        #expect(past != nil)
    }
}

private final class SharedNumber: @unchecked Sendable {  // wrongly so: that is the fault
    private(set) var value = 0

    func increment() { for _ in 0..<1_000 { value += 1 } }
}
