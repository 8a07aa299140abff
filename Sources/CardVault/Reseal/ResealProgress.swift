// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
public import CardKeys

/// How a reseal is to go.
public struct ResealOptions: Hashable, Sendable {
    /// How many cards a second at most; nil for no limit.
    public var rate: Int?
    /// How many threads open and seal: with more than one, while another writes.
    public var threadCount = 1
    /// Whether to count only, and write nothing.
    public var isDryRun = false
    /// Cards that do not open and shall not keep the old keys from ending. They are given up.
    public var overruled: Set<Token> = []
    /// The same for rows that have no token: what ``ResealProgress/Unreadable/place`` says.
    public var overruledPlaces: Set<[UInt8]> = []
    /// How many cards are read and written at a time.
    package var pageCount = ResealWalk.pageCount

    /// No limit, one thread.
    public init() {}
}

/// How far a reseal has come.
public struct ResealProgress: Hashable, Sendable {
    /// How many tokens are listed at most.
    public static let listLimit = 1_000

    /// Cards that there were when it began; others may have come or gone.
    public internal(set) var totalCount = 0
    /// Cards that were looked at.
    public internal(set) var walkedCount = 0
    /// Cards that were sealed under the latest key.
    public internal(set) var resealedCount = 0
    /// Search rows that were added.
    public internal(set) var indexedCount = 0
    /// Cards that do not open. They are left as they are.
    public internal(set) var unreadableCount = 0
    /// Search rows that somebody had changed. They were put right.
    public internal(set) var changedCount = 0
    /// Cards that another token of their scope and format stands for too.
    public internal(set) var duplicateCount = 0
    /// The cards that do not open, the first thousand.
    public internal(set) var unreadable: [Unreadable] = []
    /// The cards whose search rows were changed, the first thousand.
    public internal(set) var changed: [Token] = []
    /// Keys that ended: fingerprint keys whose successor every card is found by.
    public internal(set) var ended: [KeyID] = []
    /// Scopes whose older fingerprint key must stay, as some cards are found by nothing else:
    /// those that do not open.
    public internal(set) var blocked: [ScopeID] = []
    /// Scopes whose key set is not as it was written. Their cards were passed by.
    public internal(set) var damaged: [ScopeID] = []
    /// Whether everything was walked.
    public internal(set) var isFinished = false

    /// A card that does not open.
    public struct Unreadable: Hashable, Sendable, CustomStringConvertible {
        /// What the row has in the place of a token's stored bytes.
        public let place: [UInt8]
        let key: KeyNumber

        /// The token; nil where not even that can be read.
        public var token: Token? { Token(stored: place.span) }
        /// The token, or the bytes of the row's key.
        public var description: String { token?.description ?? "row \(Hexadecimal.print(place))" }
    }
}
