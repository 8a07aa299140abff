// SPDX-License-Identifier: Apache-2.0
internal import CardVault

/// What a check of an audit log found, as JSON or for people.
struct VerdictReport: Encodable {
    struct Fault: Encodable {
        let kind: String
        let sequence: UInt64
    }

    let first: UInt64
    let last: UInt64
    let fault: Nullable<Fault>
    let complete: Bool
    let anchoredThrough: Nullable<UInt64>
    private let earlierAnchorCount: Int
    private let laterAnchorCount: Int
    private let isOfFile: Bool

    private enum CodingKeys: CodingKey {
        case first, last, fault, complete, anchoredThrough
    }

    /// - Parameters:
    ///   - verdict: what was found.
    ///   - isOfFile: whether an export was checked, and not a store.
    init(_ verdict: AuditVerdict, isOfFile: Bool) {
        first = verdict.first
        last = verdict.last
        fault = Nullable(
            verdict.fault.map { Fault(kind: $0.kind.rawValue, sequence: $0.sequence) })
        complete = verdict.isComplete
        anchoredThrough = Nullable(verdict.anchoredThrough)
        earlierAnchorCount = verdict.earlierAnchorCount
        laterAnchorCount = verdict.laterAnchorCount
        self.isOfFile = isOfFile
    }

    /// The sentences for a log without a fault.
    var lines: [String] {
        [verified, end, anchored, rewritable, earlier, later].compactMap(\.self)
    }

    private var verified: String {
        guard last >= first else { return "There is no entry to verify." }
        return "Verified: \(Self.entries(first, last))."
    }

    private var end: String? {
        guard last >= first else { return nil }
        guard !complete else { return "The sealed end of the log is there, after entry \(last)." }
        return "The file stops before the end of the log: later entries are elsewhere, or were "
            + "cut off."
    }

    private var anchored: String? {
        anchoredThrough.value.map { "Up to entry \($0) an anchor vouches for the log." }
    }

    /// What is true of every log whose keys somebody holds, and must not be kept quiet.
    private var rewritable: String? {
        let start = anchoredThrough.value.map { $0 + 1 } ?? first
        guard last >= start else { return nil }
        return "Whoever holds the keys could have rewritten \(Self.entries(start, last)): "
            + "no anchor has seen \(start == last ? "it" : "them")."
    }

    private var earlier: String? {
        guard earlierAnchorCount > 0 else { return nil }
        return isOfFile
            ? "Anchors of earlier entries: \(earlierAnchorCount). Hold them against earlier files."
            : "Anchors of archived entries: \(earlierAnchorCount). Hold them against the archives."
    }

    /// In a store they would be a fault.
    private var later: String? {
        guard laterAnchorCount > 0 else { return nil }
        return "Anchors of later entries: \(laterAnchorCount). Hold them against later files."
    }

    private static func entries(_ first: UInt64, _ last: UInt64) -> String {
        first == last ? "entry \(first)" : "entries \(first) to \(last)"
    }
}
