// SPDX-License-Identifier: Apache-2.0
public import CardCrypto

/// What a deed was done to: ids, never card data.
public enum AuditSubject: Hashable, Sendable {
    /// Nothing that has an id.
    case none
    /// Tokens, and how many rows were asked for: a batch names those that it found.
    case tokens([Token], askedCount: Int)
    /// Keys.
    case keys([KeyID])
    /// Holds.
    case holds([HoldID])

    /// How many ids one entry names at most. A batch of more has further entries.
    public static let idLimit = 1_024

    /// One token.
    public static func token(_ token: Token) -> AuditSubject { .tokens([token], askedCount: 1) }

    /// One hold.
    public static func hold(_ id: HoldID) -> AuditSubject { .holds([id]) }

    /// The subject of a refusal: somebody may have given a card number for a token.
    var withoutCardNumbers: AuditSubject {
        guard case .tokens(let tokens, let askedCount) = self else { return self }
        return .tokens(tokens.filter { !$0.couldBeCardNumber }, askedCount: askedCount)
    }

    /// Nothing, or `kind (1) ‖ how many were asked for (4) ‖ ids`.
    var bytes: [UInt8] {
        switch self {
        case .none: []
        case .tokens(let tokens, let count): Self.join(1, count, tokens.map(\.stored))
        case .keys(let ids): Self.join(2, ids.count, ids.map(\.bytes))
        case .holds(let ids): Self.join(3, ids.count, ids.map(\.bytes))
        }
    }

    /// Reads what ``bytes`` gave; nil for anything else.
    init?(bytes: ArraySlice<UInt8>) {
        guard !bytes.isEmpty else {
            self = .none
            return
        }
        guard bytes.count >= 5, let kind = bytes.first else { return nil }
        let askedCount = bytes.dropFirst().prefix(4).reduce(0) { $0 << 8 | Int($1) }
        let ids = Array(bytes.dropFirst(5))
        switch kind {
        case 1:
            let tokens = Self.split(ids, by: Token.storedByteCount) { Token(stored: $0.span) }
            guard let tokens else { return nil }
            self = .tokens(tokens, askedCount: askedCount)
        case 2:
            guard let keys = Self.split(ids, by: KeyID.byteCount, KeyID.init(bytes:)),
                keys.count == askedCount
            else { return nil }
            self = .keys(keys)
        case 3:
            guard let holds = Self.split(ids, by: HoldID.byteCount, HoldID.init(bytes:)),
                holds.count == askedCount
            else { return nil }
            self = .holds(holds)
        default: return nil
        }
    }

    private static func join(_ kind: UInt8, _ askedCount: Int, _ ids: [[UInt8]]) -> [UInt8] {
        precondition(ids.count <= idLimit, "an entry names at most \(idLimit) ids")
        var bytes = [kind]
        BigEndian.append(UInt32(clamping: askedCount), to: &bytes)
        for id in ids { bytes += id }
        return bytes
    }

    private static func split<ID>(
        _ bytes: [UInt8], by byteCount: Int, _ id: ([UInt8]) -> ID?
    ) -> [ID]? {
        guard bytes.count.isMultiple(of: byteCount), bytes.count <= idLimit * byteCount else {
            return nil
        }
        var ids: [ID] = []
        for start in stride(from: 0, to: bytes.count, by: byteCount) {
            guard let id = id(Array(bytes[start..<(start + byteCount)])) else { return nil }
            ids.append(id)
        }
        return ids
    }
}
