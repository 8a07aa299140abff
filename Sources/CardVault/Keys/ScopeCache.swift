// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
internal import Synchronization

/// The unwrapped keys of the scopes used last.
final class ScopeCache: Sendable {
    /// How many scopes keep their keys unwrapped.
    static let limit = 256

    private struct State {
        var keys: [ScopeID: (keys: ScopeKeys, lastUse: UInt64)] = [:]
        var clock: UInt64 = 0
    }

    private let state = Mutex(State())

    func keys(of scope: ScopeID) -> ScopeKeys? {
        state.withLock { state in
            guard let entry = state.keys[scope] else { return nil }
            state.clock += 1
            state.keys[scope] = (entry.keys, state.clock)
            return entry.keys
        }
    }

    /// Keeps `keys` unless newer ones of the scope are there.
    func keep(_ keys: ScopeKeys) {
        state.withLock { state in
            if let there = state.keys[keys.scope.id], there.keys.epoch > keys.epoch { return }
            state.clock += 1
            state.keys[keys.scope.id] = (keys, state.clock)
            guard state.keys.count > Self.limit else { return }
            let oldest = state.keys.min { $0.value.lastUse < $1.value.lastUse }
            if let oldest { state.keys[oldest.key] = nil }
        }
    }

    /// Forgets every key: their bytes are wiped as soon as no call uses them.
    func removeAll() { state.withLock { $0 = State() } }
}
