// SPDX-License-Identifier: Apache-2.0

/// What kind of record a box belongs to: a closed list.
public enum RecordKind: String, Sendable, CaseIterable {
    /// A stored card.
    case card
    /// Sensitive authentication data before authorization.
    case hold
    /// A key wrapped by another.
    case key
    /// The root key in a custody slot.
    case slot
}

/// Everything that must stay with a box: its vault, kind, scope and record, and the record's facts.
///
/// It is authenticated with the box (AAD) and stored nowhere, so that a box opens only where it was
/// sealed, and only while every fact beside it is as it was.
public struct RecordBinding: Sendable {
    private let frame: Frame

    /// Binds a box to its record.
    ///
    /// - Parameters:
    ///   - vault: the vault.
    ///   - kind: the kind of record.
    ///   - scope: the scope id; empty for what belongs to the whole vault.
    ///   - record: the raw bytes of the record's id (token, hold id, key id, slot id).
    ///   - facts: a frame of every stored column of the record that cannot be derived.
    public init(
        vault: VaultID, kind: RecordKind, scope: String, record: Span<UInt8>, facts: Frame
    ) {
        // 6 length fields, the label, the vault's id and the kind.
        var frame = Frame(
            "card-vault/1", capacity: 64 + scope.utf8.count + record.count + facts.bytes.count)
        frame.append(vault.bytes)
        frame.append(kind.rawValue)
        frame.append(scope)
        frame.append(record)
        frame.append(facts.bytes)
        self.frame = frame
    }

    /// The associated data of a box with this header.
    func associatedData(_ header: BoxHeader) -> [UInt8] {
        var frame = Frame(copying: self.frame, extra: 4 + header.bytes.count)
        frame.append(header.bytes)
        return frame.bytes
    }
}
