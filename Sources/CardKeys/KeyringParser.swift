// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto

/// Reads a keyring from its JSON: the slots before the code is checked, the rest after it.
struct KeyringParser {
    let vault: VaultID
    let slots: [CustodySlot]
    private var document: KeyringFields

    /// Parses the whole text and takes from it what opening a slot needs.
    init(_ body: ArraySlice<UInt8>) throws(KeyringError) {
        var document = try KeyringFields(Self.parse(body), "document")
        guard try document.string("format") == "card-vault keyring" else {
            throw .badField("format")
        }
        let version = try document.integer("version")
        guard version == KeyringText.version else { throw .unknownVersion(version) }
        guard let vault = VaultID(hex: try document.string("vault")) else {
            throw .badField("vault")
        }
        self.vault = vault
        slots = try document.array("slots").map { slot throws(KeyringError) in
            try Self.slot(slot)
        }
        guard (1...64).contains(slots.count) else { throw .badField("slots") }
        self.document = document
    }

    /// The slots in the order in which they are tried: whoever writes a slot into the file that
    /// costs an hour does not put that hour before a slot that opens.
    var slotsByCost: [CustodySlot] {
        slots.sorted { $0.work < $1.work }
    }

    /// The keyring, once its code is known to be right (or its reader says that it is not
    /// verified).
    func keyring(code: [UInt8]) throws(KeyringError) -> Keyring {
        var document = self.document
        let created = try document.timestamp("created")
        let generation = try document.integer("generation")
        let required = try document.integer("required")
        guard generation >= 1, (1...generation).contains(required) else {
            throw .badField("generation")
        }
        let binDigitCount = try document.integer("bin")
        guard binDigitCount == 6 || binDigitCount == 8 else { throw .badField("bin") }
        let scopes = try document.array("scopes").map { scope throws(KeyringError) in
            try Self.scope(scope)
        }
        let entries = try document.array("keys").map { entry throws(KeyringError) in
            try Self.entry(entry)
        }
        let periods = try Self.periods(try document.optionalArray("periods") ?? [])
        let copies = try Self.copies(
            try document.optionalArray("copies") ?? [], upTo: generation)
        try document.end()
        try Self.check(scopes, entries, upTo: generation)
        var keyring = Keyring(
            vault: vault, created: created, generation: generation, required: required,
            binDigitCount: Int(binDigitCount), slots: slots, scopes: scopes, entries: entries)
        keyring.periods = periods
        keyring.copies = copies
        keyring.code = code
        return keyring
    }

    private static func parse(_ body: ArraySlice<UInt8>) throws(KeyringError) -> StrictJSON {
        do throws(StrictJSON.SyntaxError) {
            return try StrictJSON.parse(body)
        } catch {
            throw .malformed(offset: error.offset)
        }
    }

    private static func slot(_ value: StrictJSON) throws(KeyringError) -> CustodySlot {
        var slot = try KeyringFields(value, "slots")
        guard try slot.string("kind") == CustodySlot.passphraseKind else {
            throw .badField("kind")
        }
        let identifier = try slot.bytes("id", count: CustodySlot.identifierByteCount)
        let box = try slot.box("box")
        guard let box else { throw .badField("box") }
        var kdf = try slot.fields("kdf")
        try slot.end()
        guard try kdf.string("name") == "argon2id13", try kdf.integer("p") == 1 else {
            throw .badField("kdf")
        }
        let memory = Int(try kdf.integer("m"))
        guard let cost = Argon2id(memory: memory, passes: Int(try kdf.integer("t"))) else {
            throw .badField("kdf")
        }
        let salt = try kdf.bytes("salt", count: Argon2id.saltByteCount)
        try kdf.end()
        return CustodySlot(identifier: identifier, cost: cost, salt: salt, box: box)
    }

    private static func scope(_ value: StrictJSON) throws(KeyringError) -> KeyringScope {
        var scope = try KeyringFields(value, "scopes")
        guard let id = ScopeID(try scope.string("id")) else { throw .badField("id") }
        guard let tokens = KeyringScope.TokenStyle(rawValue: try scope.string("tokens")) else {
            throw .badField("tokens")
        }
        let created = try scope.timestamp("created")
        let shredded = try scope.optionalInteger("shredded")
        try scope.end()
        return KeyringScope(id: id, created: created, tokens: tokens, shreddedAt: shredded)
    }

    private static func entry(_ value: StrictJSON) throws(KeyringError) -> KeyringEntry {
        var entry = try KeyringFields(value, "keys")
        guard let id = KeyID(hex: try entry.string("id")) else { throw .badField("id") }
        guard let purpose = KeyPurpose(rawValue: try entry.string("purpose")),
            [.scope, .hold, .audit, .seal].contains(purpose)
        else { throw .badField("purpose") }
        let name = try entry.optionalString("scope")
        let scope = name.flatMap { ScopeID($0) }
        guard (name == nil) == (scope == nil), (purpose == .scope) == (scope != nil) else {
            throw .badField("scope")
        }
        let expectedSuite: Suite = purpose == .scope ? .xchacha20Poly1305 : .hmacSHA256
        guard try entry.integer("suite") == UInt64(expectedSuite.rawValue) else {
            throw .badField("suite")
        }
        let sequence = try entry.integer("sequence")
        guard let state = KeyState(rawValue: try entry.string("state")), sequence >= 1 else {
            throw .badField("state")
        }
        let dates = try Self.dates(
            try entry.fields("dates"), created: try entry.timestamp("created"))
        let box = try entry.box("box")
        guard (box == nil) == (state == .destroyed), dates.entered[state] != nil else {
            throw .badField("box")
        }
        try entry.end()
        let key = KeyDescriptor(
            id: id, purpose: purpose, scope: scope, suite: expectedSuite, sequence: sequence,
            state: state, dates: dates)
        return KeyringEntry(key: key, box: box)
    }

    private static func dates(
        _ fields: consuming KeyringFields, created: Timestamp
    ) throws(KeyringError) -> KeyDates {
        var dates = KeyDates(created: created)
        for state in KeyState.allCases where fields.has(state.rawValue) {
            dates.enter(state, at: try fields.timestamp(state.rawValue))
        }
        try fields.end()
        return dates
    }

    private static func periods(
        _ elements: [StrictJSON]
    ) throws(KeyringError) -> Cryptoperiods {
        var periods = Cryptoperiods.standard
        var purposes: Set<KeyPurpose> = []
        for element in elements {
            var fields = try KeyringFields(element, "periods")
            guard let purpose = KeyPurpose(rawValue: try fields.string("purpose")),
                purposes.insert(purpose).inserted
            else { throw .badField("purpose") }
            let originatorDays = Int(try fields.integer("originator"))
            guard
                let period = Cryptoperiod(
                    originatorDays: originatorDays,
                    recipientDays: Int(try fields.integer("recipient")))
            else { throw .badField("periods") }
            try fields.end()
            periods[purpose] = period
        }
        return periods
    }

    private static func copies(
        _ elements: [StrictJSON], upTo generation: UInt64
    ) throws(KeyringError) -> [KeyringCopy] {
        let copies = try elements.map { element throws(KeyringError) in
            try copy(element, upTo: generation)
        }
        guard copies.count <= KeyringCopy.limit, Set(copies.map(\.id)).count == copies.count else {
            throw .badField("copies")
        }
        return copies
    }

    private static func copy(
        _ value: StrictJSON, upTo generation: UInt64
    ) throws(KeyringError) -> KeyringCopy {
        var copy = try KeyringFields(value, "copies")
        guard let id = CopyID(try copy.string("id")) else { throw .badField("id") }
        let created = try copy.timestamp("created")
        let copied = try copy.integer("generation")
        guard (1...generation).contains(copied) else { throw .badField("generation") }
        let destroyed = try copy.optionalTimestamp("destroyed")
        try copy.end()
        return KeyringCopy(id: id, created: created, generation: copied, destroyed: destroyed)
    }

    /// What no single entry shows: names, ids and places are unique, and every key has its scope.
    private static func check(
        _ scopes: [KeyringScope], _ entries: [KeyringEntry], upTo generation: UInt64
    ) throws(KeyringError) {
        let names = Set(scopes.map(\.id))
        guard names.count == scopes.count, scopes.count <= ScopeID.limit else {
            throw .badField("scopes")
        }
        guard scopes.allSatisfy({ (1...generation).contains($0.shreddedAt ?? 1) }) else {
            throw .badField("shredded")
        }
        let shredded = Set(scopes.lazy.filter { $0.shreddedAt != nil }.map(\.id))
        let places = Set(entries.map { Place(entry: $0) })
        guard places.count == entries.count, Set(entries.map(\.key.id)).count == entries.count,
            entries.allSatisfy({ $0.key.scope.map(names.contains) ?? true }),
            entries.allSatisfy({
                $0.box == nil || $0.key.scope.map { !shredded.contains($0) } ?? true
            })
        else { throw .badField("keys") }
    }

    private struct Place: Hashable {
        let purpose: KeyPurpose
        let scope: ScopeID?
        let sequence: UInt64

        init(entry: KeyringEntry) {
            purpose = entry.key.purpose
            scope = entry.key.scope
            sequence = entry.key.sequence
        }
    }
}
