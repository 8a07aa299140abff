// SPDX-License-Identifier: Apache-2.0
package import CardCrypto

/// The members of a JSON object, each taken once; `end` refuses what was not taken.
package struct KeyringFields {
    private let name: String
    private var members: [String: StrictJSON]

    package init(_ value: StrictJSON, _ name: String) throws(KeyringError) {
        guard case .object(let members) = value else { throw .badField(name) }
        self.name = name
        self.members = members
    }

    package func has(_ name: String) -> Bool { members[name] != nil }

    package mutating func string(_ name: String) throws(KeyringError) -> String {
        guard case .string(let text) = members.removeValue(forKey: name) else {
            throw .badField(name)
        }
        return text
    }

    package mutating func optionalString(_ name: String) throws(KeyringError) -> String? {
        has(name) ? try string(name) : nil
    }

    package mutating func integer(_ name: String) throws(KeyringError) -> UInt64 {
        guard case .integer(let value) = members.removeValue(forKey: name) else {
            throw .badField(name)
        }
        return value
    }

    package mutating func optionalInteger(_ name: String) throws(KeyringError) -> UInt64? {
        has(name) ? try integer(name) : nil
    }

    package mutating func timestamp(_ name: String) throws(KeyringError) -> Timestamp {
        guard let moment = Timestamp(milliseconds: try integer(name)) else {
            throw .badField(name)
        }
        return moment
    }

    package mutating func optionalTimestamp(_ name: String) throws(KeyringError) -> Timestamp? {
        has(name) ? try timestamp(name) : nil
    }

    package mutating func bytes(_ name: String, count: Int) throws(KeyringError) -> [UInt8] {
        guard let bytes = Base64URL.parse(try string(name).utf8), bytes.count == count else {
            throw .badField(name)
        }
        return bytes
    }

    /// A wrapped key in the travelling form; nil when the field is absent.
    package mutating func box(_ name: String) throws(KeyringError) -> SealedBox? {
        guard let text = try optionalString(name) else { return nil }
        guard let bytes = Base64URL.parse(text.utf8), let box = try? SealedBox(bytes),
            box.suite == .xchacha20Poly1305, box.stored.count == KeyEncryptionKey.wrappedByteCount
        else { throw .badField(name) }
        return box
    }

    package mutating func array(_ name: String) throws(KeyringError) -> [StrictJSON] {
        guard case .array(let elements) = members.removeValue(forKey: name) else {
            throw .badField(name)
        }
        return elements
    }

    /// The elements of an array; nil when the field is absent. One without elements is refused: it
    /// would be another text for the same.
    package mutating func optionalArray(_ name: String) throws(KeyringError) -> [StrictJSON]? {
        guard has(name) else { return nil }
        let elements = try array(name)
        guard !elements.isEmpty else { throw .badField(name) }
        return elements
    }

    package mutating func fields(_ name: String) throws(KeyringError) -> KeyringFields {
        guard let value = members.removeValue(forKey: name) else { throw .badField(name) }
        return try KeyringFields(value, name)
    }

    /// An unknown member is reported by the object that it is in: its name is anybody's text.
    package func end() throws(KeyringError) {
        guard members.isEmpty else { throw .badField(name) }
    }
}
