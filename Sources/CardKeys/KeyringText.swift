// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto

/// The text of a keyring file: JSON, then one last line `mac: BASE64URL` over every byte above it.
package enum KeyringText {
    static let version: UInt64 = 1
    /// 16,384 scopes with a few keys each stay far below it.
    static let byteLimit = 64 << 20
    static let codeByteCount = 32
    private static let codeLabel = Array("mac: ".utf8)

    /// A file split at its last line.
    package struct Parts {
        package let body: ArraySlice<UInt8>
        package let code: [UInt8]
    }

    /// Splits a file into what is authenticated and the code. No key is used.
    package static func split(_ bytes: [UInt8]) throws(KeyringError) -> Parts {
        guard bytes.count <= byteLimit else { throw .tooLarge(limit: byteLimit) }
        let lineCount = codeLabel.count + 43 + 1  // 32 bytes are 43 characters; and the newline
        let start = bytes.count - lineCount
        guard start > 0, bytes[start - 1] == UInt8(ascii: "\n"),
            bytes[bytes.count - 1] == UInt8(ascii: "\n"), bytes[start...].starts(with: codeLabel),
            let code = Base64URL.parse(bytes[(start + codeLabel.count)..<(bytes.count - 1)])
        else { throw .malformed(offset: max(start, 0)) }
        return Parts(body: bytes[..<start], code: code)
    }

    /// Joins what is authenticated and its code.
    package static func join(_ body: [UInt8], code: [UInt8]) -> [UInt8] {
        body + codeLabel + Base64URL.print(code).utf8 + [UInt8(ascii: "\n")]
    }

    /// The authenticated part of a keyring.
    static func print(_ keyring: Keyring) -> [UInt8] {
        var fields = [
            #""format": "card-vault keyring""#,
            #""version": \#(version)"#,
            #""vault": "\#(keyring.vault)""#,
            #""created": \#(keyring.created.milliseconds)"#,
            #""generation": \#(keyring.generation)"#,
            #""required": \#(keyring.required)"#,
            #""bin": \#(keyring.binDigitCount)"#,
            #""slots": [\#(lines(keyring.slots.map(print)))]"#,
            #""scopes": [\#(lines(keyring.scopes.map(print)))]"#,
            #""keys": [\#(lines(keyring.entries.map(print)))]"#,
        ]
        // Left out while there is nothing to say, as releases before 0.3 know neither.
        let periods = keyring.periods.unusual.map { print(keyring.periods[$0], of: $0) }
        if !periods.isEmpty { fields.append(#""periods": [\#(lines(periods))]"#) }
        let copies = keyring.copies.map(print)
        if !copies.isEmpty { fields.append(#""copies": [\#(lines(copies))]"#) }
        return Array("{\n  \(fields.joined(separator: ",\n  "))\n}\n".utf8)
    }

    private static func lines(_ elements: [String]) -> String {
        elements.isEmpty ? "" : "\n    \(elements.joined(separator: ",\n    "))\n  "
    }

    private static func print(_ slot: CustodySlot) -> String {
        let kdf =
            #"{"name": "argon2id13", "m": \#(slot.cost.memory), "t": \#(slot.cost.passes), "#
            + #""p": 1, "salt": "\#(Base64URL.print(slot.salt))"}"#
        return #"{"id": "\#(Base64URL.print(slot.identifier))", "#
            + #""kind": "\#(CustodySlot.passphraseKind)", "kdf": \#(kdf), "#
            + #""box": "\#(Base64URL.print(slot.box.bytes))"}"#
    }

    private static func print(_ scope: KeyringScope) -> String {
        #"{"id": "\#(scope.id)", "created": \#(scope.created.milliseconds), "#
            + #""tokens": "\#(scope.tokens.rawValue)""#
            + (scope.shreddedAt.map { #", "shredded": \#($0)"# } ?? "") + "}"
    }

    private static func print(_ period: Cryptoperiod, of purpose: KeyPurpose) -> String {
        #"{"purpose": "\#(purpose)", "originator": \#(period.originatorDays), "#
            + #""recipient": \#(period.recipientDays)}"#
    }

    private static func print(_ copy: KeyringCopy) -> String {
        #"{"id": "\#(copy.id)", "created": \#(copy.created.milliseconds), "#
            + #""generation": \#(copy.generation)"#
            + (copy.destroyed.map { #", "destroyed": \#($0.milliseconds)"# } ?? "") + "}"
    }

    private static func print(_ entry: KeyringEntry) -> String {
        let key = entry.key
        let dates = KeyState.allCases.compactMap { state in
            key.dates.entered[state].map { #""\#(state)": \#($0.milliseconds)"# }
        }
        return #"{"id": "\#(key.id)", "purpose": "\#(key.purpose)", "#
            + (key.scope.map { #""scope": "\#($0)", "# } ?? "")
            + #""suite": \#(key.suite.rawValue), "sequence": \#(key.sequence), "#
            + #""created": \#(key.dates.created.milliseconds), "state": "\#(key.state)", "#
            + #""dates": {\#(dates.joined(separator: ", "))}"#
            + (entry.box.map { #", "box": "\#(Base64URL.print($0.bytes))""# } ?? "") + "}"
    }
}
