// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto

/// When a key was made and entered each state; nil for a state that it has not been in.
public struct KeyDates: Hashable, Sendable {
    /// When the key was made.
    public let created: Timestamp
    /// When it entered each state: `active` the first time, for its cryptoperiod runs from there,
    /// and every other state the last time.
    public private(set) var entered: [KeyState: Timestamp] = [:]

    /// The dates of a key made at `created`.
    public init(created: Timestamp) { self.created = created }

    /// Notes that the key entered `state`.
    package mutating func enter(_ state: KeyState, at moment: Timestamp) {
        if state == .active && entered[.active] != nil { return }
        entered[state] = moment
    }
}

extension KeyDates {
    /// Seven moments of 8 bytes: when the key was made, then when it entered each state in the
    /// order of `KeyState.allCases`; 0 for a state that it has not been in.
    public var stored: [UInt8] {
        let moments = [created] + KeyState.allCases.map { entered[$0] }
        var bytes: [UInt8] = []
        for moment in moments { BigEndian.append(moment?.milliseconds ?? 0, to: &bytes) }
        return bytes
    }

    /// Reads what ``stored`` gave; nil for anything else.
    public init?(stored bytes: [UInt8]) {
        guard bytes.count == 8 * (1 + KeyState.allCases.count) else { return nil }
        let moments = (0...KeyState.allCases.count).map { index in
            BigEndian.word(bytes.span, at: index * 8)
        }
        guard let created = Timestamp(milliseconds: moments[0]) else { return nil }
        self.init(created: created)
        for (state, moment) in zip(KeyState.allCases, moments.dropFirst()) where moment != 0 {
            guard let moment = Timestamp(milliseconds: moment) else { return nil }
            enter(state, at: moment)
        }
    }
}
