// SPDX-License-Identifier: Apache-2.0
internal import Synchronization
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Signals that would end the process are noted, and do nothing else, until this ends.
struct Interruption {
    private static let signals = [SIGINT, SIGTERM, SIGHUP]

    private let before: [sigaction]

    init() {
        isInterrupted.store(false, ordering: .relaxed)  // made here, and not first by a handler
        before = Self.signals.map(Self.note)
    }

    /// Whether such a signal came.
    static var isNoted: Bool { isInterrupted.load(ordering: .relaxed) }

    /// Lets signals do again what they did before.
    func end() {
        for (number, action) in zip(Self.signals, before) {
            var action = action
            unsafe sigaction(number, &action, nil)
        }
    }

    /// Makes a signal be noted. Returns what it did before.
    private static func note(_ number: Int32) -> sigaction {
        var action = sigaction()
        var before = sigaction()
        let handler: @convention(c) (Int32) -> Void = { _ in
            isInterrupted.store(true, ordering: .relaxed)
        }
        #if canImport(Darwin)
            unsafe action.__sigaction_u.__sa_handler = handler
        #else
            unsafe action.__sigaction_handler.sa_handler = handler
        #endif
        action.sa_flags = SA_RESTART  // what is being written meanwhile goes on
        unsafe sigaction(number, &action, &before)
        return before
    }
}

private let isInterrupted = Atomic(false)
