// SPDX-License-Identifier: Apache-2.0
public import CardCrypto
public import CardKeys

/// A head of an audit log, to be kept where those who hold the keys cannot change it.
///
/// One line of text: `{"vault":"…","chain":0,"sequence":7,"head":"…","time":"…"}`.
public struct AuditAnchor: Hashable, Sendable, CustomStringConvertible {
    /// The vault.
    public let vault: VaultID
    /// The place of the entry after which the head was read.
    public let sequence: UInt64
    /// The head, 32 bytes.
    public let head: [UInt8]
    /// When it was read.
    public let time: Timestamp

    init(_ head: AuditHead, of vault: VaultID, at time: Timestamp) {
        self.vault = vault
        sequence = head.sequence
        self.head = head.head
        // To the second, as a line says it.
        self.time = Timestamp(milliseconds: time.milliseconds / 1_000 * 1_000) ?? time
    }

    /// Reads a line; nil for anything that ``description`` never gives.
    public init?(_ line: String) {
        guard case .object(let members)? = try? StrictJSON.parse(Array(line.utf8)[...]),
            case .string(let vault)? = members["vault"], let vault = VaultID(hex: vault),
            case .integer(let sequence)? = members["sequence"],
            case .string(let head)? = members["head"], let head = Hexadecimal.parse(head),
            case .string(let time)? = members["time"], let time = Timestamp(iso8601: time)
        else { return nil }
        self.vault = vault
        self.sequence = sequence
        self.head = head
        self.time = time
        // One text for each anchor: other members, other spacing or another head are none.
        guard head.count == AuditKey.headByteCount, line.utf8.elementsEqual(description.utf8)
        else { return nil }
    }

    /// The line.
    public var description: String {
        #"{"vault":"\#(vault)","chain":\#(AuditEntry.chain),"sequence":\#(sequence),"#
            + #""head":"\#(Hexadecimal.print(head))","time":"\#(time.iso8601)"}"#
    }
}
