// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
public import CardKeys

/// What a deed puts on record, before it has a place in the chain.
public struct AuditEvent: Hashable, Sendable {
    /// When.
    public let time: Timestamp
    /// Who asked.
    public let actor: String
    /// What for, and what about.
    public let action: AuditAction
    /// How it ended.
    public let outcome: AuditOutcome
    /// What the answer was needed for; nil where nobody had to say.
    public let purpose: String?
    /// Where the request came from.
    public let origin: String?
    /// The scope; nil for deeds of the whole vault.
    public let scope: ScopeID?
    /// What it was done to.
    public let subject: AuditSubject

    var frame: Frame {
        var frame = Frame(capacity: 256)
        frame.append(time.milliseconds)
        frame.append(actor)
        frame.append(action.rawValue)
        frame.append(outcome.rawValue)
        frame.append(purpose ?? "")
        frame.append(origin ?? "")
        frame.append(scope?.description ?? "")
        frame.append(subject.bytes)
        return frame
    }

    init(
        time: Timestamp, caller: Caller, action: AuditAction, outcome: AuditOutcome,
        purpose: AuditText? = nil, scope: ScopeID? = nil, subject: AuditSubject = .none
    ) {
        self.time = time
        actor = caller.actor.text
        self.action = action
        self.outcome = outcome
        self.purpose = purpose?.text
        origin = caller.origin?.text
        self.scope = scope
        self.subject = subject
    }

    /// Reads a frame; nil for anything that ``frame`` never gives.
    fileprivate init?(_ bytes: ArraySlice<UInt8>) {
        var reader = FrameReader(bytes)
        var fields: [ArraySlice<UInt8>] = []
        while fields.count < 8, let field = reader.field() { fields.append(field) }
        guard fields.count == 8, reader.isAtEnd, fields[0].count == 8,
            let time = Timestamp(milliseconds: BigEndian.word(Array(fields[0]).span, at: 0)),
            let subject = AuditSubject(bytes: fields[7])
        else { return nil }
        var texts: [String?] = []
        for field in fields[1...6] {
            guard field.allSatisfy({ (0x20...0x7e).contains($0) }) else { return nil }
            texts.append(field.isEmpty ? nil : String(decoding: field, as: UTF8.self))
        }
        guard let actor = texts[0], let action = texts[1], let outcome = texts[2],
            [actor, texts[3], texts[4]].allSatisfy({ $0.map { AuditText($0) != nil } ?? true })
        else { return nil }
        let scope = texts[5].flatMap(ScopeID.init)
        guard (texts[5] == nil) == (scope == nil) else { return nil }
        self.time = time
        self.actor = actor
        self.action = AuditAction(rawValue: action)
        self.outcome = AuditOutcome(rawValue: outcome)
        purpose = texts[3]
        origin = texts[4]
        self.scope = scope
        self.subject = subject
    }
}

/// An entry of the audit log: an event with its place in the chain.
///
/// `version (1) = 1 ‖ chain (1) ‖ sequence (8) ‖ key number (8) ‖ previous head (32) ‖ frame`.
public struct AuditEntry: Hashable, Sendable {
    static let version: UInt8 = 1
    /// The chain: a store of one file has one.
    static let chain: UInt8 = 0
    /// They count from 1, and a database has a sign for them.
    private static let places = 1...UInt64(Int64.max)
    private static let headerByteCount = 50

    /// Its place: 1, 2, 3, …
    public let sequence: UInt64
    /// The audit key that made the head after it.
    public let key: KeyNumber
    /// The head of the chain before it, 32 bytes; zeros before the first entry.
    public let previous: [UInt8]
    /// What happened.
    public let event: AuditEvent

    init(sequence: UInt64, key: KeyNumber, previous: [UInt8], event: AuditEvent) {
        self.sequence = sequence
        self.key = key
        self.previous = previous
        self.event = event
    }

    /// Reads an entry as it was stored; nil for anything that ``bytes`` never gives.
    public init?(bytes: [UInt8]) {
        guard bytes.count > Self.headerByteCount, bytes[0] == Self.version,
            bytes[1] == Self.chain,
            let event = AuditEvent(bytes[Self.headerByteCount...])
        else { return nil }
        let place = BigEndian.word(bytes.span, at: 2)
        guard Self.places.contains(place) else { return nil }
        sequence = place
        key = KeyNumber(rawValue: Int64(bitPattern: BigEndian.word(bytes.span, at: 10)))
        previous = Array(bytes[18..<Self.headerByteCount])
        self.event = event
    }

    /// The stored form, over which the head after it is made.
    public var bytes: [UInt8] {
        let frame = event.frame.bytes
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerByteCount + frame.count)
        bytes.append(Self.version)
        bytes.append(Self.chain)
        BigEndian.append(sequence, to: &bytes)
        BigEndian.append(UInt64(bitPattern: key.rawValue), to: &bytes)
        bytes += previous
        bytes += frame
        return bytes
    }
}

/// An entry as a store keeps it.
public struct StoredAuditEntry: Hashable, Sendable {
    /// Its place: 1, 2, 3, …
    public let sequence: UInt64
    /// The entry.
    public let bytes: [UInt8]

    /// Takes an entry as it was stored.
    public init(sequence: UInt64, bytes: [UInt8]) {
        self.sequence = sequence
        self.bytes = bytes
    }
}
