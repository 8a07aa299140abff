// SPDX-License-Identifier: Apache-2.0
internal import CPlatform
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Keeps a process that holds keys from spilling them when it crashes.
public enum ProcessHardening {
    /// A step that the system refused.
    public struct Refusal: Error, Equatable, CustomStringConvertible {
        /// Which step: `core dumps`, `dumpable` or `memory lock`.
        public let step: String
        /// The system's error number.
        public let systemCode: Int32

        /// One sentence.
        public var description: String { "Hardening: \(step) refused, system error \(systemCode)." }
    }

    /// Turns off what prints or saves memory when the process crashes. Call it first in `main`.
    ///
    /// The fatal signals go back to their default actions (Swift's backtracer is on by default on
    /// Linux and prints the bytes behind every register, whatever the core-dump limit says), core
    /// dumps are limited to 0 bytes, the process is marked as not dumpable, and new files are
    /// private (umask 077).
    ///
    /// - Parameter lockingAllMemory: also locks every page of the process into memory. The whole
    ///   process, code included, then counts against the limit of locked memory.
    /// - Throws: ``Refusal`` at the first step that the system refuses; those before it stay done.
    public static func apply(lockingAllMemory: Bool = false) throws(Refusal) {
        card_vault_default_fatal_signals()
        umask(0o077)
        try check(card_vault_no_core(), "core dumps")
        try check(card_vault_deny_dump(), "dumpable")
        if lockingAllMemory { try check(card_vault_lock_all(), "memory lock") }
    }

    private static func check(_ systemCode: Int32, _ step: String) throws(Refusal) {
        guard systemCode == 0 else { throw Refusal(step: step, systemCode: systemCode) }
    }
}
