// SPDX-License-Identifier: Apache-2.0

/// An unambiguous encoding of fields: each as its length in 4 bytes, big-endian, and its bytes.
///
/// Two different lists of fields never give the same bytes. An absent field has length 0; none is
/// left out. Integers are big-endian with all their bytes.
public struct Frame: Sendable {
    /// The encoding so far.
    public private(set) var bytes: [UInt8]

    /// An empty frame with room for `capacity` bytes.
    public init(capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// The fields of another frame, with room for `extra` bytes: at once, where appending to a
    /// copy would move all of it.
    init(copying other: Frame, extra: Int) {
        self.init(capacity: other.bytes.count + extra)
        bytes.append(contentsOf: other.bytes)
    }

    /// A frame whose first field is `label`.
    public init(_ label: String, capacity: Int = 256) {
        self.init(capacity: capacity)
        append(label)
    }

    /// Appends a field of bytes: at most 2^32 - 1 of them.
    public mutating func append(_ field: Span<UInt8>) {
        appendLength(field.count)
        for i in field.indices { bytes.append(field[i]) }
    }

    /// Appends a field of bytes.
    public mutating func append(_ field: [UInt8]) {
        appendLength(field.count)
        bytes.append(contentsOf: field)
    }

    /// Appends a text as its UTF-8 bytes.
    public mutating func append(_ field: String) {
        appendLength(field.utf8.count)
        bytes.append(contentsOf: field.utf8)
    }

    /// Appends an integer of 1 byte.
    public mutating func append(_ field: UInt8) {
        appendLength(1)
        bytes.append(field)
    }

    /// Appends an integer of 4 bytes, big-endian.
    public mutating func append(_ field: UInt32) {
        appendLength(4)
        BigEndian.append(field, to: &bytes)
    }

    /// Appends an integer of 8 bytes, big-endian.
    public mutating func append(_ field: UInt64) {
        appendLength(8)
        BigEndian.append(field, to: &bytes)
    }

    /// Appends an integer of 4 bytes, or an absent field.
    public mutating func append(_ field: UInt32?) {
        if let field { append(field) } else { appendAbsent() }
    }

    /// Appends an integer of 8 bytes, or an absent field.
    public mutating func append(_ field: UInt64?) {
        if let field { append(field) } else { appendAbsent() }
    }

    /// Appends a field of length 0.
    public mutating func appendAbsent() { appendLength(0) }

    /// Appends only the length of a field of `count` bytes that the caller authenticates after the
    /// frame, without copying it here. Nothing may be appended after it.
    package mutating func appendHeader(ofFieldWith count: Int) { appendLength(count) }

    private mutating func appendLength(_ count: Int) {
        precondition(count <= Int(UInt32.max), "a field is at most 2^32 - 1 bytes")
        BigEndian.append(UInt32(truncatingIfNeeded: count), to: &bytes)
    }
}
