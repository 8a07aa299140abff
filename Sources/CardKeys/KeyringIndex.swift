// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto

/// Where the keys and scopes of a keyring are: it may hold tens of thousands, and a rotation of all
/// looks each of them up.
struct KeyringIndex: Sendable {
    private struct Use: Hashable {
        let purpose: KeyPurpose
        let scope: ScopeID?
    }

    private var scopes: [ScopeID: Int] = [:]
    private var keys: [KeyID: Int] = [:]
    private var uses: [Use: [Int]] = [:]

    /// Notes the place of a scope. The first of a name stays.
    mutating func add(_ scope: ScopeID, at place: Int) {
        if scopes[scope] == nil { scopes[scope] = place }
    }

    /// Notes the place of a key. The first of an id stays.
    mutating func add(_ key: KeyDescriptor, at place: Int) {
        if keys[key.id] == nil { keys[key.id] = place }
        uses[Use(purpose: key.purpose, scope: key.scope), default: []].append(place)
    }

    /// The place of a scope.
    func place(of scope: ScopeID) -> Int? { scopes[scope] }

    /// The place of a key.
    func place(of key: KeyID) -> Int? { keys[key] }

    /// The places of the keys of a purpose and scope.
    func places(of purpose: KeyPurpose, scope: ScopeID?) -> [Int] {
        uses[Use(purpose: purpose, scope: scope)] ?? []
    }
}
