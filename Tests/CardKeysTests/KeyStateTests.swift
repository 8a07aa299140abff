// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
internal import Testing

@Suite("Key state") struct KeyStateTests {
    @Test func `seals when active, and only then`() {
        #expect(KeyState.allCases.filter(\.seals) == [.active])
    }

    @Test func `opens from its activation to its destruction`() {
        #expect(
            KeyState.allCases.filter(\.opens)
                == [.active, .suspended, .deactivated, .compromised])
    }

    @Test func `has the names of SP 800-57, which files hold`() {
        #expect(
            KeyState.allCases.map(\.description) == [
                "pre-activation", "active", "suspended", "deactivated", "compromised", "destroyed",
            ])
        #expect(KeyState.allCases.allSatisfy { KeyState(rawValue: $0.description) == $0 })
    }

    @Test func `is dated by the last time it was entered, but for the first activation`() throws {
        var dates = KeyDates(created: try timestamp(1))
        dates.enter(.active, at: try timestamp(2))
        dates.enter(.suspended, at: try timestamp(3))
        dates.enter(.active, at: try timestamp(4))
        dates.enter(.suspended, at: try timestamp(5))
        #expect(dates.created == (try timestamp(1)))
        #expect(dates.entered == [.active: try timestamp(2), .suspended: try timestamp(5)])
    }

    @Test func `makes the active key of the highest sequence the primary`() throws {
        let locksmith = try Locksmith.shared.get()
        let keyring = locksmith.keyring(
            entries: try [
                (4, .preActivation), (3, .active), (1, .active), (2, .active), (5, .suspended),
                (6, .deactivated), (7, .compromised), (8, .destroyed),
            ].map { try entry(sequence: $0, state: $1, like: locksmith.keyring.keys[0]) })
        #expect(keyring.primary(.hold)?.sequence == 3)
        #expect(keyring.primary(.seal) == nil)
    }

    @Test(arguments: KeyState.allCases.filter { $0 != .active })
    func `leaves no primary without an active key`(state: KeyState) throws {
        let locksmith = try Locksmith.shared.get()
        let keyring = locksmith.keyring(
            entries: [try entry(sequence: 1, state: state, like: locksmith.keyring.keys[0])])
        #expect(keyring.primary(.hold) == nil)
        #expect(keyring.key(locksmith.keyring.keys[0].id) != nil)
    }

    private func entry(
        sequence: UInt64, state: KeyState, like key: KeyDescriptor
    ) throws -> KeyringEntry {
        KeyringEntry(
            key: KeyDescriptor(
                id: key.id, purpose: key.purpose, scope: nil, suite: key.suite,
                sequence: sequence, state: state, dates: key.dates), box: nil)
    }
}
