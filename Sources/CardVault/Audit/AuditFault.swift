// SPDX-License-Identifier: Apache-2.0

/// What is wrong with an audit log, and where first.
public struct AuditFault: Hashable, Sendable, CustomStringConvertible {
    /// A kind of fault.
    public enum Kind: String, Sendable {
        /// The entry is not as it was written, or not in its place.
        case altered
        /// There is no entry in this place, although the log goes on or went on.
        case missing
        /// An entry that the log never had here.
        case inserted
        /// The sealed end of the log is missing, or not as it was written.
        case end
        /// The entries up to this one are another history than an anchor has seen.
        case rewritten
    }

    /// What is wrong.
    public let kind: Kind
    /// The place of the first entry concerned.
    public let sequence: UInt64

    /// One sentence.
    public var description: String {
        switch kind {
        case .altered: "Entry \(sequence) was altered."
        case .missing: "Entry \(sequence) is missing."
        case .inserted: "Entry \(sequence) was inserted."
        case .end: "The sealed end of the log, after entry \(sequence), was altered."
        case .rewritten: "The log up to entry \(sequence) is not the one that was anchored."
        }
    }
}

/// What a check of an audit log found.
public struct AuditVerdict: Hashable, Sendable {
    /// The place of the first entry that was checked; those before it are in archives.
    public let first: UInt64
    /// The place of the last entry that was checked; one less than `first` when there was none.
    public let last: UInt64
    /// What is wrong; nil when nothing is.
    public let fault: AuditFault?
    /// The place of an entry beside the fault that nothing vouches for: it may have been altered
    /// too. Nil when there is none.
    public let unvouched: UInt64?
    /// Whether the end of the log was there to check: not so in an export that stops before it.
    public let isComplete: Bool
    /// The place up to which an anchor vouches for the log; nil when none does. Who holds the keys
    /// could have rewritten what comes after it.
    public let anchoredThrough: UInt64?
    /// How many anchors are of entries before `first`: hold them against the archives.
    public let earlierAnchorCount: Int
    /// How many anchors are of entries after `last`, which an export does not have.
    public let laterAnchorCount: Int
}
