// SPDX-License-Identifier: Apache-2.0
internal import CardVault

/// What the tool says of keys and of the cards under them.
enum KeyRefusal: Error {
    /// No key begins with these digits.
    case unknownKey
    /// Several keys begin with these digits.
    case ambiguousKey(count: Int)
    /// The person at the terminal gave up on a reseal.
    case resealInterrupted(walked: Int, of: Int, scope: String?)
    /// Some cards do not open, or their search rows were changed.
    case resealFaults(unreadable: Int, changed: Int)
    /// Some key sets are not as they were written. All else was done.
    case damagedScopes([String])

    /// Where the ids of keys are.
    static let listKeys = "See the keys with 'card-vault inventory'."

    var failure: Failure {
        switch self {
        case .unknownKey: Failure(.refused, "There is no such key.", hint: Self.listKeys)
        case .ambiguousKey(let count):
            Failure(
                .refused, "The digits begin the ids of \(count) keys.",
                hint: "Give more digits. " + Self.listKeys)
        case .resealInterrupted(let walked, let total, let scope):
            Failure(
                .refused, "Interrupted after \(walked) of \(total) cards.",
                hint: "Go on with 'card-vault reseal\(scope.map { " --scope \($0)" } ?? "")'.")
        case .resealFaults(let unreadable, let changed):
            Failure(
                .integrity,
                "Cards that do not open: \(unreadable). "
                    + "Cards with changed search rows: \(changed).",
                hint: "Find out who could write the store. Restore such cards, or delete them; "
                    + "--overrule TOKEN gives one up.")
        case .damagedScopes(let scopes):
            Failure(
                .integrity,
                "The keys of these scopes were altered: \(scopes.joined(separator: ", ")). "
                    + "All others are done.",
                hint: "Keep the store as evidence and restore a copy, or give a scope up with "
                    + "'card-vault shred'.")
        }
    }
}

extension Vault {
    /// Refuses a vault with scopes that were left out of what was done.
    ///
    /// - Throws: ``KeyRefusal/damagedScopes(_:)``; ``VaultError``.
    func requireWholeScopes() async throws {
        let damaged = try await damagedScopes()
        guard damaged.isEmpty else { throw KeyRefusal.damagedScopes(damaged.map(\.description)) }
    }
}
