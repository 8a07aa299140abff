// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto

/// Reads a keyring from its JSON: the slots before the code is checked, the rest after it.
struct KeyringParser {
    let vault: VaultID
    let slots: [CustodySlot]
    private var document: Fields

    /// Parses the whole text and takes from it what opening a slot needs.
    init(_ body: ArraySlice<UInt8>) throws(KeyringError) {
        var document = try Fields(Self.parse(body), "document")
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
        slots.sorted { $0.cost.memory * $0.cost.passes < $1.cost.memory * $1.cost.passes }
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
        try document.end()
        try Self.check(scopes, entries)
        var keyring = Keyring(
            vault: vault, created: created, generation: generation, required: required,
            binDigitCount: Int(binDigitCount), slots: slots, scopes: scopes, entries: entries)
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
        var slot = try Fields(value, "slots")
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
        var scope = try Fields(value, "scopes")
        guard let id = ScopeID(try scope.string("id")) else { throw .badField("id") }
        guard let tokens = KeyringScope.TokenStyle(rawValue: try scope.string("tokens")) else {
            throw .badField("tokens")
        }
        let created = try scope.timestamp("created")
        try scope.end()
        return KeyringScope(id: id, created: created, tokens: tokens)
    }

    private static func entry(_ value: StrictJSON) throws(KeyringError) -> KeyringEntry {
        var entry = try Fields(value, "keys")
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
        _ fields: consuming Fields, created: Timestamp
    ) throws(KeyringError) -> KeyDates {
        var dates = KeyDates(created: created)
        for state in KeyState.allCases where fields.has(state.rawValue) {
            dates.enter(state, at: try fields.timestamp(state.rawValue))
        }
        try fields.end()
        return dates
    }

    /// What no single entry shows: names, ids and places are unique, and every key has its scope.
    private static func check(
        _ scopes: [KeyringScope], _ entries: [KeyringEntry]
    ) throws(KeyringError) {
        let names = Set(scopes.map(\.id))
        guard names.count == scopes.count, scopes.count <= ScopeID.limit else {
            throw .badField("scopes")
        }
        let places = Set(entries.map { Place(entry: $0) })
        guard places.count == entries.count, Set(entries.map(\.key.id)).count == entries.count,
            entries.allSatisfy({ $0.key.scope.map(names.contains) ?? true })
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

/// The members of a JSON object, each taken once; `end` refuses what was not taken.
private struct Fields {
    private let name: String
    private var members: [String: StrictJSON]

    init(_ value: StrictJSON, _ name: String) throws(KeyringError) {
        guard case .object(let members) = value else { throw .badField(name) }
        self.name = name
        self.members = members
    }

    func has(_ name: String) -> Bool { members[name] != nil }

    mutating func string(_ name: String) throws(KeyringError) -> String {
        guard case .string(let text) = members.removeValue(forKey: name) else {
            throw .badField(name)
        }
        return text
    }

    mutating func optionalString(_ name: String) throws(KeyringError) -> String? {
        has(name) ? try string(name) : nil
    }

    mutating func integer(_ name: String) throws(KeyringError) -> UInt64 {
        guard case .integer(let value) = members.removeValue(forKey: name) else {
            throw .badField(name)
        }
        return value
    }

    mutating func timestamp(_ name: String) throws(KeyringError) -> Timestamp {
        guard let moment = Timestamp(milliseconds: try integer(name)) else {
            throw .badField(name)
        }
        return moment
    }

    mutating func bytes(_ name: String, count: Int) throws(KeyringError) -> [UInt8] {
        guard let bytes = Base64URL.parse(try string(name).utf8), bytes.count == count else {
            throw .badField(name)
        }
        return bytes
    }

    /// A wrapped key in the travelling form; nil when the field is absent.
    mutating func box(_ name: String) throws(KeyringError) -> SealedBox? {
        guard let text = try optionalString(name) else { return nil }
        guard let bytes = Base64URL.parse(text.utf8), let box = try? SealedBox(bytes),
            box.suite == .xchacha20Poly1305, box.stored.count == KeyEncryptionKey.wrappedByteCount
        else { throw .badField(name) }
        return box
    }

    mutating func array(_ name: String) throws(KeyringError) -> [StrictJSON] {
        guard case .array(let elements) = members.removeValue(forKey: name) else {
            throw .badField(name)
        }
        return elements
    }

    mutating func fields(_ name: String) throws(KeyringError) -> Fields {
        guard let value = members.removeValue(forKey: name) else { throw .badField(name) }
        return try Fields(value, name)
    }

    /// An unknown member is reported by the object that it is in: its name is anybody's text.
    func end() throws(KeyringError) {
        guard members.isEmpty else { throw .badField(name) }
    }
}
