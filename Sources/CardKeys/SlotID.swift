// SPDX-License-Identifier: Apache-2.0

/// The name of a custody slot: 8 random bytes.
public struct SlotID: Hashable, Sendable, CustomStringConvertible {
    let bytes: [UInt8]

    init(_ slot: CustodySlot) { bytes = slot.identifier }

    /// The bytes in base 64 with the URL-safe alphabet, 11 characters, as in the file.
    public var description: String { Base64URL.print(bytes) }
}
