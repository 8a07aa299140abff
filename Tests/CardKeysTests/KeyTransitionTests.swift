// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
internal import Testing

@Suite("Key transition") struct KeyTransitionTests {
    struct Step: Hashable, CustomTestStringConvertible {
        let from: KeyState
        let to: KeyState
        var testDescription: String { "\(from) → \(to)" }
    }

    /// Every step that a life may take; what is not here it may not.
    static let allowed: Set<Step> = [
        Step(from: .preActivation, to: .active), Step(from: .preActivation, to: .destroyed),
        Step(from: .preActivation, to: .compromised),
        Step(from: .active, to: .suspended), Step(from: .active, to: .deactivated),
        Step(from: .active, to: .compromised),
        Step(from: .suspended, to: .active), Step(from: .suspended, to: .deactivated),
        Step(from: .suspended, to: .compromised),
        Step(from: .deactivated, to: .compromised), Step(from: .deactivated, to: .destroyed),
        Step(from: .compromised, to: .destroyed),
    ]
    static let all = KeyState.allCases.flatMap { from in
        KeyState.allCases.map { Step(from: from, to: $0) }
    }

    /// A key that came to `state` in the 10th millisecond.
    private func key(_ state: KeyState) throws -> KeyDescriptor {
        let sample = try Locksmith.shared.get().keyring.keys[0]
        var dates = KeyDates(created: try timestamp(1))
        for past in KeyState.allCases { dates.enter(past, at: try timestamp(10)) }
        return KeyDescriptor(
            id: sample.id, purpose: sample.purpose, scope: nil, suite: sample.suite, sequence: 1,
            state: state, dates: dates)
    }

    @Test func `is one of 36`() { #expect(Set(Self.all).count == 36) }

    @Test(arguments: all) func `is allowed by the table alone`(step: Step) throws {
        #expect(step.from.mayBecome(step.to) == Self.allowed.contains(step))
    }

    @Test(arguments: all) func `of a key is made or refused by name`(step: Step) throws {
        let key = try key(step.from)
        do throws(KeyTransitionError) {
            let next = try key.entering(step.to, at: timestamp20)
            #expect(next.state == step.to)
            #expect(Self.allowed.contains(step))
        } catch {
            #expect(error == KeyTransitionError(id: key.id, from: step.from, to: step.to))
            #expect(!Self.allowed.contains(step))
        }
    }

    @Test(arguments: allowed) func `dates the state entered and keeps every other date`(
        step: Step
    ) throws {
        let key = try key(step.from)
        let next = try key.entering(step.to, at: timestamp20)
        var expected = key.dates
        expected.enter(step.to, at: timestamp20)
        #expect(next.dates == expected)
        #expect(
            next.dates.entered[step.to] == (step.to == .active ? try timestamp(10) : timestamp20))
        #expect(next.dates.created == (try timestamp(1)))
    }

    @Test(arguments: KeyState.allCases) func `to destruction may be forced`(
        state: KeyState
    ) throws {
        let key = try key(state)
        let next = key.destroyed(at: timestamp20)
        #expect(next.state == .destroyed)
        let date = state == .destroyed ? try timestamp(10) : timestamp20
        #expect(next.dates.entered[.destroyed] == date)
        #expect(next.id == key.id)
    }

    @Test func `says in one sentence what cannot be`() throws {
        let id = try key(.destroyed).id
        let error = KeyTransitionError(id: id, from: .destroyed, to: .active)
        #expect(error.description == "Key \(id) is destroyed and cannot become active.")
        #expect(KeyringError.transition(error).description == error.description)
    }

    @Test func `has its first date in the state that a key begins in`() throws {
        let locksmith = try Locksmith.shared.get()
        let material = try KeyMaterial.generate(
            purpose: .hold, suite: .hmacSHA256, in: locksmith.slab)
        let key = KeyDescriptor(
            material, scope: nil, sequence: 2, state: .preActivation, at: timestamp20)
        #expect(key.state == .preActivation)
        #expect(key.dates.created == timestamp20)
        #expect(key.dates.entered == [.preActivation: timestamp20])
        #expect(key.id == material.id)
    }
}

private let timestamp20 = Timestamp(milliseconds: 20) ?? .now()
