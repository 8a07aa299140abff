// SPDX-License-Identifier: Apache-2.0

/// What a keyring says of things that are not in it: copies, periods, keys that are gone.
extension KeyringEdit {
    /// Registers a copy of the keyring as it will be.
    ///
    /// - Throws: ``KeyringError/tooManyCopies``.
    package mutating func addCopy() throws(KeyringError) -> KeyringCopy {
        guard keyring.copies.count < KeyringCopy.limit else { throw .tooManyCopies }
        let copy = KeyringCopy(id: .random(), created: moment, generation: keyring.generation)
        keyring.copies.append(copy)
        return copy
    }

    /// Notes that a copy is destroyed. One that was noted before keeps its date.
    ///
    /// - Throws: ``KeyringError/unknownCopy``.
    package mutating func markDestroyed(_ id: CopyID) throws(KeyringError) {
        guard let index = keyring.copies.firstIndex(where: { $0.id == id }) else {
            throw .unknownCopy
        }
        keyring.copies[index].destroyed = keyring.copies[index].destroyed ?? moment
    }

    /// Sets how long keys may be used.
    package mutating func set(_ periods: Cryptoperiods) { keyring.periods = periods }

    /// Adds a key of which nothing is left but what is known of it, as destroyed. A scope that the
    /// keyring has not comes with its key, and is shredded.
    ///
    /// - Parameter key: one of a purpose that the keyring holds, and that it has not.
    package mutating func addDestroyed(_ key: KeyDescriptor) {
        precondition(keyring.key(key.id) == nil, "the keyring has the key")
        if let scope = key.scope, keyring.scope(scope) == nil {
            keyring.add(
                KeyringScope(
                    id: scope, created: key.dates.created, tokens: .timeOrdered,
                    shreddedAt: keyring.generation))
        }
        keyring.add(KeyringEntry(key: key.destroyed(at: moment), box: nil))
        require()
    }

    /// Gives the new keyring the number `generation`, if its own is lower.
    package mutating func setGeneration(atLeast generation: UInt64) {
        let old = keyring.generation
        guard generation > old else { return }
        // Whatever bears the number of this change was written by it: nothing older has it.
        keyring.generation = generation
        if keyring.required == old { require() }
        for var scope in keyring.scopes where scope.shreddedAt == old {
            scope.shreddedAt = generation
            keyring.replace(scope)
        }
        for index in keyring.copies.indices where keyring.copies[index].generation == old {
            keyring.copies[index].generation = generation
        }
    }
}
