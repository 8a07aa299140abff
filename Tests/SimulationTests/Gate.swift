// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// Where the one operation of a process waits for its turn.
///
/// The scheduler lets it go on and waits itself, until it is here again or has ended: so exactly
/// one of all processes runs at any time.
final class Gate: Sendable {
    private struct State {
        var parked: CheckedContinuation<Void, Never>?
        var scheduler: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Waits for the next turn.
    func park() async {
        await withCheckedContinuation { continuation in
            let scheduler = state.withLock { state in
                state.parked = continuation
                return state.scheduler.take()
            }
            scheduler?.resume()
        }
    }

    /// Ends the operation's last turn.
    func end() {
        let scheduler = state.withLock { $0.scheduler.take() }
        scheduler?.resume()
    }

    /// Begins an operation, or lets it go on, and waits for the end of its turn.
    func turn(_ begin: @escaping @Sendable () -> Void = {}) async {
        await withCheckedContinuation { continuation in
            let parked = state.withLock { state in
                state.scheduler = continuation
                return state.parked.take()
            }
            if let parked { parked.resume() } else { begin() }
        }
    }
}
