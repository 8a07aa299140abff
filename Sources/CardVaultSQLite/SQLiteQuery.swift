// SPDX-License-Identifier: Apache-2.0

/// The statements of the store, each prepared once a connection.
enum SQLiteQuery: Int, CaseIterable {
    case begin, beginImmediate, commit, rollback
    case vault, insertVault
    case pin, putPin
    case cardOfOtherKey, card, insertCard, replaceCard, deleteCard, expiredCards
    case hold, holds, insertHold, deleteHold, expiredHolds
    case auditHead, putAuditHead, auditEntries, appendAuditEntry, deleteAuditEntries
    case token, insertFingerprint, putFingerprint, deleteFingerprint, deleteFingerprints
    case resealCard, deleteFingerprintOfToken, fingerprintsOfKey
    case rows, row, putRow, deleteRow
    case epoch, keySet, putKeySet, keys, deleteKeys, insertKey, lastKeyNumber

    var sql: String {
        switch self {
        case .begin: "BEGIN"
        case .beginImmediate: "BEGIN IMMEDIATE"
        case .commit: "COMMIT"
        case .rollback: "ROLLBACK"
        case .vault: "SELECT id FROM vault"
        case .insertVault: "INSERT INTO vault VALUES (1, ?)"
        case .pin: pinSQL
        case .putPin: "INSERT OR REPLACE INTO pin VALUES (1, ?, ?, ?, ?, ?, ?, ?)"
        case .cardOfOtherKey: cardOfOtherKeySQL
        case .card: cardSQL
        case .insertCard: insertCardSQL
        case .replaceCard: replaceCardSQL
        case .deleteCard: "DELETE FROM cards WHERE token = ?"
        case .expiredCards: "SELECT token FROM cards WHERE expires <= ? ORDER BY expires LIMIT ?"
        case .hold: "SELECT id, scope, key, kind, box, created, expires FROM holds WHERE id = ?"
        case .holds:
            "SELECT id, scope, key, kind, box, created, expires FROM holds ORDER BY created, id"
        case .insertHold: "INSERT INTO holds VALUES (?, ?, ?, ?, ?, ?, ?)"
        case .deleteHold: "DELETE FROM holds WHERE id = ?"
        case .expiredHolds: "SELECT id FROM holds WHERE expires <= ? ORDER BY expires LIMIT ?"
        case .auditHead:
            "SELECT sequence, head, first_kept, seal_key, code FROM audit_heads"
        case .putAuditHead: "INSERT OR REPLACE INTO audit_heads VALUES (0, ?, ?, ?, ?, ?)"
        case .auditEntries:
            "SELECT sequence, entry FROM audit WHERE sequence >= ? ORDER BY sequence LIMIT ?"
        case .appendAuditEntry: "INSERT INTO audit VALUES (?, ?)"
        case .deleteAuditEntries: "DELETE FROM audit WHERE sequence <= ?"
        case .token: tokenSQL
        case .insertFingerprint: insertFingerprintSQL
        case .putFingerprint: "INSERT OR REPLACE INTO fingerprints VALUES (?, ?, ?, ?)"
        case .deleteFingerprint: deleteFingerprintSQL
        case .deleteFingerprints: "DELETE FROM fingerprints WHERE token = ?"
        case .resealCard: resealCardSQL
        case .deleteFingerprintOfToken: deleteFingerprintOfTokenSQL
        case .fingerprintsOfKey: fingerprintsOfKeySQL
        case .rows: rowsSQL
        case .row: rowSQL
        case .putRow: "INSERT OR REPLACE INTO registers VALUES (?, ?, ?, ?, ?)"
        case .deleteRow: "DELETE FROM registers WHERE register = ? AND key = ?"
        case .epoch: "SELECT epoch FROM key_sets WHERE scope = ?"
        case .keySet: "SELECT number, epoch, seal_key, code FROM key_sets WHERE scope = ?"
        case .putKeySet: putKeySetSQL
        case .keys: keysSQL
        case .deleteKeys: "DELETE FROM keys WHERE key_set = ?"
        case .insertKey: "INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        case .lastKeyNumber: lastKeyNumberSQL
        }
    }
}

private let pinSQL = """
    SELECT vault, generation, keyring_code, required, seal_key, code, audit_chains FROM pin
    """

private let cardOfOtherKeySQL = """
    SELECT EXISTS (
      SELECT 1 FROM cards WHERE key NOT IN (SELECT value FROM json_each(?)))
    """

private let cardSQL = """
    SELECT key, box, format, display, brand, expiry, created, expires
    FROM cards WHERE token = ?
    """

private let insertCardSQL = """
    INSERT INTO cards (key, box, format, display, brand, expiry, created, expires, token)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (token) DO NOTHING
    """

private let replaceCardSQL = """
    UPDATE cards SET
    key = ?, box = ?, format = ?, display = ?, brand = ?, expiry = ?, created = ?, expires = ?
    WHERE token = ?
    """

private let insertFingerprintSQL = """
    INSERT INTO fingerprints VALUES (?, ?, ?, ?)
    ON CONFLICT (key, format, fingerprint) DO NOTHING
    """

private let deleteFingerprintSQL = """
    DELETE FROM fingerprints WHERE key = ? AND format = ? AND fingerprint = ?
    """

private let tokenSQL = """
    SELECT token FROM fingerprints WHERE key = ? AND format = ? AND fingerprint = ?
    """

private let resealCardSQL = """
    UPDATE cards SET key = ?, box = ? WHERE token = ? AND key = ? AND box = ?
    """

private let deleteFingerprintOfTokenSQL = """
    DELETE FROM fingerprints WHERE key = ? AND format = ? AND fingerprint = ? AND token = ?
    """

private let fingerprintsOfKeySQL = """
    SELECT format, fingerprint FROM fingerprints WHERE key = ? LIMIT ?
    """

private let rowsSQL = """
    SELECT key, content, seal_key, code FROM registers WHERE register = ? ORDER BY key
    """

private let rowSQL = """
    SELECT key, content, seal_key, code FROM registers WHERE register = ? AND key = ?
    """

private let putKeySetSQL = """
    INSERT INTO key_sets (scope, epoch, seal_key, code) VALUES (?, ?, ?, ?)
    ON CONFLICT (scope) DO UPDATE SET
    epoch = excluded.epoch, seal_key = excluded.seal_key, code = excluded.code
    """

private let keysSQL = """
    SELECT number, id, purpose, suite, sequence, fence, state, dates, wrapped_by, wrapped
    FROM keys WHERE key_set = ? ORDER BY number
    """

private let lastKeyNumberSQL = """
    SELECT max(
      (SELECT coalesce(max(number), 0) FROM keys),
      (SELECT coalesce(max(key), 0) FROM cards),
      (SELECT coalesce(max(key), 0) FROM holds),
      (SELECT coalesce(max(key), 0) FROM fingerprints))
    """
