// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
internal import CardKeys

/// An entry as a line for other systems, which can be checked without the store.
public struct ExportedAuditEntry: Sendable {
    /// The entry.
    public let entry: AuditEntry
    /// The audit key that made the head after it.
    public let keyID: KeyID

    /// One line of JSON. What is readable in it is made from `entry`, byte for byte; so a line that
    /// was changed anywhere is found.
    public var json: String {
        let event = entry.event
        let (asked, ids) = event.subject.listed
        let fields: [(String, String)] = [
            ("key", Self.quoted(keyID.description)),
            ("entry", Self.quoted(Base64URL.print(entry.bytes))),
            ("sequence", String(entry.sequence)),
            ("time", Self.quoted(event.time.preciseISO8601)),
            ("actor", Self.quoted(event.actor)),
            ("action", Self.quoted(event.action.rawValue)),
            ("outcome", Self.quoted(event.outcome.rawValue)),
            ("purpose", event.purpose.map(Self.quoted) ?? "null"),
            ("origin", event.origin.map(Self.quoted) ?? "null"),
            ("scope", (event.scope?.description).map(Self.quoted) ?? "null"),
            ("asked", String(asked)),
            ("ids", "[" + ids.map(Self.quoted).joined(separator: ",") + "]"),
        ]
        return "{" + fields.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    /// Reads a line of JSON; nil for anything that ``json`` never gives.
    init?(json line: String) {
        let parts = line.split(separator: "\"", maxSplits: 8, omittingEmptySubsequences: false)
        guard parts.count == 9, let keyID = KeyID(hex: String(parts[3])),
            let bytes = Base64URL.parse(parts[7].utf8), let entry = AuditEntry(bytes: bytes)
        else { return nil }
        self.entry = entry
        self.keyID = keyID
        // By bytes: to Swift, texts are equal that differ by the Kelvin sign and the letter K.
        guard json.utf8.elementsEqual(line.utf8) else { return nil }
    }

    init(_ entry: AuditEntry, keyID: KeyID) {
        self.entry = entry
        self.keyID = keyID
    }

    /// A text of printable ASCII as a string of JSON.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for character in text {
            if character == "\"" || character == "\\" { quoted.append("\\") }
            quoted.append(character)
        }
        return quoted + "\""
    }
}

extension AuditSubject {
    /// How many were asked for, and the ids, for people.
    public var listed: (asked: Int, ids: [String]) {
        switch self {
        case .none: (0, [])
        case .tokens(let tokens, let asked): (asked, tokens.map(\.description))
        case .keys(let keys): (keys.count, keys.map(\.description))
        case .holds(let holds): (holds.count, holds.map(\.description))
        }
    }
}

extension AuditHead {
    /// The last line of an export that reaches the end of the log.
    func json(of vault: VaultID) -> String {
        #"{"vault":"\#(vault)","sequence":\#(sequence),"head":"\#(Hexadecimal.print(head))","#
            + #""firstKept":\#(firstKept),"sealKey":"\#(sealKey)","#
            + #""code":"\#(Hexadecimal.print(code))"}"#
    }

    /// Reads a last line; nil for anything that ``json(of:)`` never gives.
    init?(json line: String, of vault: VaultID) {
        guard case .object(let members)? = try? StrictJSON.parse(Array(line.utf8)[...]),
            case .integer(let sequence)? = members["sequence"],
            case .integer(let firstKept)? = members["firstKept"],
            case .string(let head)? = members["head"], let head = Hexadecimal.parse(head),
            case .string(let sealKey)? = members["sealKey"], let sealKey = KeyID(hex: sealKey),
            case .string(let code)? = members["code"], let code = Hexadecimal.parse(code)
        else { return nil }
        self.init(
            sequence: sequence, head: head, firstKept: firstKept, sealKey: sealKey, code: code)
        guard json(of: vault).utf8.elementsEqual(line.utf8) else { return nil }
    }
}
