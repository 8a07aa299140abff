// SPDX-License-Identifier: Apache-2.0
internal import SecretMemory

/// Card numbers in rows, for calls that take many at once.
///
/// One wiped cell of fixed capacity holds all of them, nine bytes a row: an array that grows would
/// free its old bytes unwiped. A row whose number is refused keeps its place and its reason, so
/// that results stay in input order and one bad row fails no other.
///
/// Ask ``verdict(at:)`` before the facts of a row: a row without a number has none, and asking for
/// them is a programming error, as is an index outside the rows and an append to a full batch.
public struct CardBatch: ~Copyable, Sendable {
    private struct Row {
        let refusal: PANError?
        let expiry: ExpiryDate?
    }

    private(set) var cell: WipedBytes
    private var rows: [Row] = []

    /// How many rows there can be.
    public let capacity: Int

    /// Makes an empty batch.
    ///
    /// - Parameter capacity: how many rows there can be, at least 0; each takes nine bytes and a
    ///   few more.
    public init(capacity: Int) {
        precondition(capacity >= 0, "a batch cannot hold a negative number of rows")
        self.capacity = capacity
        self.cell = WipedBytes(count: capacity * PackedPAN.byteCount)
        rows.reserveCapacity(capacity)
    }

    /// How many rows there are.
    public var count: Int { rows.count }

    /// Adds a row from bytes.
    ///
    /// - Parameters:
    ///   - digits: as for ``PAN``; the caller wipes them afterwards. What does not parse takes
    ///     its place with its ``PANError``.
    ///   - expiry: the card's expiry date, where there is one.
    ///   - luhn: whether the check digit must be right.
    public mutating func append(
        _ digits: Span<UInt8>, expiry: ExpiryDate? = nil, luhn: LuhnRule = .required
    ) {
        let offset = nextOffset
        do {
            let number = try PANParser.parse(digits, luhn: luhn)
            cell.withMutableBytes { PackedPAN.write(number, to: &$0, at: offset) }
            rows.append(Row(refusal: nil, expiry: expiry))
        } catch {
            rows.append(Row(refusal: error, expiry: expiry))
        }
    }

    /// Adds a row with the number of `pan`.
    public mutating func append(_ pan: borrowing PAN, expiry: ExpiryDate? = nil) {
        let offset = nextOffset
        pan.withPacked { packed in
            cell.withMutableBytes { bytes in
                for i in packed.indices { bytes[offset + i] = packed[i] }
            }
        }
        rows.append(Row(refusal: nil, expiry: expiry))
    }

    /// Why the row at `index` has no number, or nil where it has one.
    public func verdict(at index: Int) -> PANError? { row(at: index).refusal }

    /// The expiry date that came with the row at `index`, with or without a number.
    public func expiry(at index: Int) -> ExpiryDate? { row(at: index).expiry }

    /// How many digits the number at `index` has, 8 to 19.
    public func digitCount(at index: Int) -> Int {
        withPacked(at: index) { PackedPAN.digitCount($0) }
    }

    /// The brand that issues such numbers as the one at `index`, as ``PAN/brand``.
    public func brand(at index: Int) -> CardBrand {
        withPacked(at: index) { PackedPAN.brand($0) }
    }

    /// The number at `index`, truncated.
    public func display(at index: Int, _ truncation: Truncation) -> DisplayDigits {
        withPacked(at: index) { PackedPAN.display($0, truncation) }
    }

    /// Lends the digits of the number at `index`, as ``PAN/withDigits(_:)``.
    public borrowing func withDigits<R: ~Copyable, E: Error>(
        at index: Int, _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        let digits = withPacked(at: index) { PackedPAN.digits($0) }
        return try digits.withBytes(body)
    }

    /// Wipes all rows and keeps the capacity.
    public mutating func removeAll() {
        let used = count * PackedPAN.byteCount
        cell.withMutableBytes { for i in 0..<used { $0[i] = 0 } }
        rows.removeAll(keepingCapacity: true)
    }

    private func row(at index: Int) -> Row {
        precondition(rows.indices.contains(index), "no such row in the batch")
        return rows[index]
    }

    /// Where the next row begins.
    private var nextOffset: Int {
        precondition(count < capacity, "the batch is full")
        return count * PackedPAN.byteCount
    }
}

/// The packed form, for the layers that seal and open it.
extension CardBatch {
    /// Adds a row without a number, for an outer layer that has nothing to open.
    package mutating func appendRefusal(_ error: PANError, expiry: ExpiryDate? = nil) {
        refuse(nextOffset, error, expiry)
    }

    /// Lends the nine bytes of the packed number at `index` for one call.
    package borrowing func withPacked<R: ~Copyable, E: Error>(
        at index: Int, _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        precondition(row(at: index).refusal == nil, "the row has no number")
        let offset = index * PackedPAN.byteCount
        return try cell.withBytes { bytes throws(E) in
            try body(bytes.extracting(offset..<offset + PackedPAN.byteCount))
        }
    }

    private mutating func refuse(_ offset: Int, _ refusal: PANError, _ expiry: ExpiryDate?) {
        cell.withMutableBytes { bytes in
            for i in 0..<PackedPAN.byteCount { bytes[offset + i] = 0 }
        }
        rows.append(Row(refusal: refusal, expiry: expiry))
    }
}
