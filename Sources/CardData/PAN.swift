// SPDX-License-Identifier: Apache-2.0
public import ConstantTime
internal import SecretMemory

/// A primary account number (PAN): the 8 to 19 digits of a card.
///
/// It owns nine bytes on the heap that are wiped when it is dropped; moving it moves a pointer. It
/// is noncopyable and conforms to nothing, so printing, interpolating, encoding or collecting it
/// does not compile. Its digits are lent for one call by ``withDigits(_:)``; what may be shown of
/// it has types of its own: ``DisplayDigits``, ``BIN``, ``CardBrand``.
///
/// Which of its facts are public: the digit count, the brand, and the leading digits that a
/// ``Truncation`` keeps. Reading ``brand`` looks at the leading eight digits in a time that depends
/// on them. All other digits are read without a branch, an index or a division that depends on
/// them.
///
/// Source: ISO/IEC 7812-1.
public struct PAN: ~Copyable, Sendable {
    private let cell: WipedBytes

    /// Parses a card number from a string.
    ///
    /// A `String` cannot be wiped: its digits stay in memory until something else is written there.
    /// Where the number arrives as bytes, use the initializer that takes them.
    ///
    /// - Parameters:
    ///   - text: as for the initializer over bytes.
    ///   - luhn: whether the check digit must be right.
    /// - Throws: ``PANError``; offsets count UTF-8 bytes.
    public init(_ text: String, luhn: LuhnRule = .required) throws(PANError) {
        try self.init(text.utf8.span, luhn: luhn)
    }

    /// Parses a card number from bytes, which the caller wipes afterwards.
    ///
    /// - Parameters:
    ///   - digits: 8 to 19 ASCII digits. Between two digits there may be any number of spaces and
    ///     hyphens; before the first and after the last there may be none, nor any other byte
    ///     anywhere.
    ///   - luhn: whether the check digit must be right.
    /// - Throws: ``PANError/notADigit(offset:)``, ``PANError/digitCount(_:)``,
    ///   ``PANError/checkDigit``; the first that holds, in this order.
    /// - Complexity: One pass. Time depends on the number of bytes and on where the separators are.
    public init(_ digits: Span<UInt8>, luhn: LuhnRule = .required) throws(PANError) {
        let number = try PANParser.parse(digits, luhn: luhn)
        var cell = WipedBytes(count: PackedPAN.byteCount)
        cell.withMutableBytes { PackedPAN.write(number, to: &$0, at: 0) }
        self.cell = cell
    }

    /// How many digits there are, 8 to 19.
    public var digitCount: Int { cell.withBytes { PackedPAN.digitCount($0) } }

    /// The brand that issues such numbers, or ``CardBrand/unknown``.
    public var brand: CardBrand { cell.withBytes { PackedPAN.brand($0) } }

    /// Whether the last digit checks the others. Always so where ``LuhnRule/required`` let it in.
    public var passesLuhn: Bool {
        // Public: parsing the same digits would tell.
        cell.withBytes { PackedPAN.passesLuhn($0).declassify() }
    }

    /// The first six or eight digits, or nil where a truncation would hide one of them.
    ///
    /// Six are public in numbers of 13 digits and more, eight in numbers of 16 digits only.
    ///
    /// - Parameter count: 6 or 8; anything else is a programming error.
    public func bin(digits count: Int) -> BIN? {
        cell.withBytes { PackedPAN.bin($0, digitCount: count) }
    }

    /// The number, truncated.
    public func display(_ truncation: Truncation) -> DisplayDigits {
        cell.withBytes { PackedPAN.display($0, truncation) }
    }

    /// The last four digits as text; the last three of a number of 9 to 11 digits, the last two of
    /// 8, as a truncation keeps no more.
    public var lastFour: String {
        cell.withBytes { packed in
            let count = Truncation.firstSixLastFour.shape(digitCount: digitCount).trailing
            return ASCII.text(PackedPAN.suffix(packed, digitCount: count), digitCount: count)
        }
    }

    /// Lends the digits as ASCII for one call, without separators, from a cell that is wiped after
    /// it.
    ///
    /// What the closure copies, it wipes.
    public borrowing func withDigits<R: ~Copyable, E: Error>(
        _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        let digits = cell.withBytes { PackedPAN.digits($0) }
        return try digits.withBytes(body)
    }

    /// Whether both have the same digits, and as many.
    ///
    /// - Complexity: Always the same time.
    public borrowing func isSame(as other: borrowing PAN) -> Choice {
        cell.withBytes { mine in other.cell.withBytes { equal(mine, $0) } }
    }
}

/// The packed form, for the layers that seal and open it.
extension PAN {
    /// The size of the packed form: `digit count (1) ‖ value (8)`, whatever the number of digits.
    package static let packedByteCount = PackedPAN.byteCount

    /// Reads the packed form. Luhn is not asked: it may have been ignored when the number came in.
    ///
    /// - Throws: ``PANError/notPacked`` unless `packed` is nine bytes, counts 8 to 19 digits and
    ///   holds a value below 10 to the power of that count.
    package init(packed: Span<UInt8>) throws(PANError) {
        guard PackedPAN.isPacked(packed) else { throw .notPacked }
        var cell = WipedBytes(count: PackedPAN.byteCount)
        cell.withMutableBytes { bytes in
            for i in packed.indices { bytes[i] = packed[i] }
        }
        self.cell = cell
    }

    /// Lets the caller open a packed number straight into the cell that will hold it.
    ///
    /// - Parameter fill: gets nine zero bytes and writes the packed form over them.
    /// - Returns: The number, or nil where the bytes are not a packed number. They are wiped
    ///   then, as they are when `fill` throws.
    /// - Throws: What `fill` throws.
    package static func opened<E: Error>(
        _ fill: (inout MutableSpan<UInt8>) throws(E) -> Void
    ) throws(E) -> PAN? {
        var cell = WipedBytes(count: PackedPAN.byteCount)
        try cell.withMutableBytes(fill)
        let isPacked = cell.withBytes { PackedPAN.isPacked($0) }
        return isPacked ? PAN(packedCell: cell) : nil
    }

    /// Lends the nine bytes of the packed form for one call.
    package borrowing func withPacked<R: ~Copyable, E: Error>(
        _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try cell.withBytes(body)
    }

    private init(packedCell: consuming WipedBytes) { self.cell = packedCell }
}
