// SPDX-License-Identifier: Apache-2.0

/// What was done, or asked for. The raw value is the name on record; later releases may add names.
public struct AuditAction: RawRepresentable, Hashable, Sendable {
    /// The name on record.
    public let rawValue: String

    /// Takes a name as it stands on record.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The log was begun, with a new vault or with the first release that keeps one.
    public static let start = AuditAction(rawValue: "start")
    /// A vault was opened.
    public static let unlock = AuditAction(rawValue: "unlock")
    /// A vault was stopped.
    public static let stop = AuditAction(rawValue: "stop")
    /// The store took note of a newer keyring.
    public static let keyring = AuditAction(rawValue: "keyring")
    /// The keys of a scope were made.
    public static let addScope = AuditAction(rawValue: "scope-add")
    /// A scope was asked for. On record only when it was refused.
    public static let openScope = AuditAction(rawValue: "scope")
    /// A card was to be stored. On record when it was there already, or refused.
    public static let tokenize = AuditAction(rawValue: "tokenize")
    /// A card was looked for by its number.
    public static let find = AuditAction(rawValue: "find")
    /// A card number was asked back.
    public static let detokenize = AuditAction(rawValue: "detokenize")
    /// What may be shown of a card was asked for. On record only when it was refused.
    public static let describe = AuditAction(rawValue: "describe")
    /// The life of a token was made longer.
    public static let extend = AuditAction(rawValue: "extend")
    /// A card was removed.
    public static let delete = AuditAction(rawValue: "delete")
    /// Sensitive authentication data was put on hold.
    public static let hold = AuditAction(rawValue: "hold")
    /// A hold was opened, for the one time that it can be.
    public static let redeem = AuditAction(rawValue: "redeem")
    /// Records were removed because their time was over.
    public static let expire = AuditAction(rawValue: "expire")
    /// Cards of a file were stored.
    public static let `import` = AuditAction(rawValue: "import")
    /// Entries of the log were read.
    public static let readAudit = AuditAction(rawValue: "audit-read")
    /// Entries of the log were written to a file for other systems.
    public static let exportAudit = AuditAction(rawValue: "audit-export")
    /// Heads of the log were given to an anchor.
    public static let anchorAudit = AuditAction(rawValue: "audit-anchor")
    /// Old entries of the log were moved to a file.
    public static let archiveAudit = AuditAction(rawValue: "audit-archive")
    /// Keys were rotated: the new ones are named.
    public static let rotateKey = AuditAction(rawValue: "key-rotate")
    /// A key was brought into another state, which the purpose names.
    public static let changeKey = AuditAction(rawValue: "key-state")
    /// The bytes of a key were destroyed.
    public static let destroyKey = AuditAction(rawValue: "key-destroy")
    /// The root key was changed. On record when the store takes note of the keyring.
    public static let rotateRoot = AuditAction(rawValue: "root-rotate")
    /// The keys of a scope were destroyed, and with them what it held.
    public static let shred = AuditAction(rawValue: "scope-shred")
    /// Records were sealed anew under the latest keys, and their search rows brought up to date.
    public static let reseal = AuditAction(rawValue: "reseal")
    /// A copy of the store was made.
    public static let backUp = AuditAction(rawValue: "backup")
    /// A copy of the store took its place.
    public static let restore = AuditAction(rawValue: "restore")
    /// A copy of the keyring was made, or one was said to be destroyed.
    public static let copyKeyring = AuditAction(rawValue: "keyring-copy")
}

/// How it ended. The raw value is the name on record.
public struct AuditOutcome: RawRepresentable, Hashable, Sendable {
    /// The name on record.
    public let rawValue: String

    /// Takes a name as it stands on record.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// It was done.
    public static let done = AuditOutcome(rawValue: "done")
    /// The card was there.
    public static let found = AuditOutcome(rawValue: "found")
    /// The card was not there.
    public static let missing = AuditOutcome(rawValue: "missing")

    /// It was refused, and why.
    public static func refused(_ code: VaultError.Code) -> AuditOutcome {
        AuditOutcome(rawValue: code.rawValue)
    }
}
