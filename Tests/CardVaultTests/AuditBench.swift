// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardVault
@testable internal import CardVaultSQLite
internal import TestSupport
internal import Testing

extension VaultStore {
    /// The entries of the audit log as they are stored, and the head.
    func auditLog() async throws -> (entries: [StoredAuditEntry], head: AuditHead?) {
        try await read { reader throws(StoreError) in
            (try reader.auditEntries(from: 0, limit: .max), try reader.auditHead())
        }
    }

    /// What the entries say.
    func events() async throws -> [AuditEvent] {
        try await auditLog().entries.map { try #require(AuditEntry(bytes: $0.bytes)).event }
    }
}

/// The audit log of a bench.
extension Bench {

    /// What went on record while `body` ran.
    func recorded(_ body: () async throws -> Void) async throws -> [AuditEvent] {
        let count = try await store.events().count
        try await body()
        return Array(try await store.events().dropFirst(count))
    }

    /// What a check of the log finds.
    func verdict(against anchors: [AuditAnchor] = []) async throws -> AuditVerdict {
        try await AuditLog(keyring: keyring, store: store).verify(against: anchors)
    }

    /// Whether the log is as it was written, to its end.
    func isLogSound() async throws -> Bool {
        let verdict = try await verdict()
        return verdict.fault == nil && verdict.isComplete
    }

    /// The vault with another store between, as another process sees it.
    func opened(
        over store: any VaultStore, as actor: String = "probe", patience: Duration = Bench.patience
    ) async throws -> Vault {
        try await Vault(
            keyring: unlocked(), store: store, as: actor, patience: patience, logger: Self.silence)
    }

    /// The lines of an export: every entry's, and the last.
    func export(since moment: Timestamp? = nil) async throws -> [String] {
        var lines: [String] = []
        try await vault.exportAudit(since: moment) {
            lines.append($0.json)
        } end: {
            lines.append($0)
        }
        return lines
    }

    /// What a check of these lines finds.
    func verdict(
        ofExport lines: [String], against anchors: [AuditAnchor] = []
    ) throws -> AuditVerdict {
        var check = try AuditExportCheck(keyring: keyring, anchors: anchors)
        for line in lines { try check.check(line) }
        return check.finish()
    }
}

/// Events that tell nothing.
enum AuditSamples {
    static func caller(
        _ actor: String = "alice", from origin: String? = "10.0.0.7"
    ) throws -> Caller { try Caller(actor, from: origin) }

    static func holdID(_ seed: Int) throws -> HoldID {
        try #require(HoldID(bytes: StoreSamples.bytes(seed, count: HoldID.byteCount)))
    }

    /// A detokenization, with all that an event can have.
    static func event(
        _ number: Int = 1, subject: AuditSubject? = nil
    ) throws -> AuditEvent {
        AuditEvent(
            time: try moment(1_800_000_000_000 + UInt64(number)), caller: try caller(),
            action: .detokenize, outcome: .done, purpose: AuditText("settlement \(number)"),
            scope: ScopeID("acme"), subject: subject ?? .token(StoreSamples.token(number)))
    }

    /// A printable text of at most 200 characters that holds no card number.
    static func text(using random: inout SeededRandom) -> AuditText? {
        let count = Int.random(in: 1...200, using: &random)
        let bytes = (0..<count).map { _ in UInt8.random(in: 0x20...0x7e, using: &random) }
        return AuditText(String(decoding: bytes, as: UTF8.self))
    }

    static func subject(using random: inout SeededRandom) throws -> AuditSubject {
        let count = Int.random(in: 0...5, using: &random)
        let seeds = (0..<count).map { _ in Int.random(in: 0..<1_000, using: &random) }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return .none
        case 1:
            let asked = Int.random(in: 0...Int(UInt32.max), using: &random)
            return .tokens(seeds.map(StoreSamples.token), askedCount: asked)
        case 2: return .keys(try seeds.map(StoreSamples.keyID))
        default: return .holds(try seeds.map(holdID))
        }
    }

    /// An event with everything drawn.
    static func event(using random: inout SeededRandom) throws -> AuditEvent {
        let actor = text(using: &random)?.text ?? "bob"
        let origin = Bool.random(using: &random) ? text(using: &random)?.text : nil
        return AuditEvent(
            time: try moment(.random(in: 0..<1 << 48, using: &random)),
            caller: try Caller(actor, from: origin),
            action: AuditAction(rawValue: text(using: &random)?.text ?? "a"),
            outcome: AuditOutcome(rawValue: text(using: &random)?.text ?? "b"),
            purpose: Bool.random(using: &random) ? text(using: &random) : nil,
            scope: Bool.random(using: &random) ? ScopeID("acme-\(random.next())") : nil,
            subject: try subject(using: &random))
    }
}
