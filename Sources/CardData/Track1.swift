// SPDX-License-Identifier: Apache-2.0
public import ConstantTime

/// Track 1 of a magnetic stripe, format B: up to 79 characters, with the name of the holder.
///
/// This is sensitive authentication data. PCI DSS 3.3.1 forbids to keep it once the payment is
/// authorized, encrypted or not. The type has no path to storage but a hold, which is opened once
/// and expires; it owns 77 bytes on the heap that are wiped when it is dropped, is noncopyable
/// and conforms to nothing, so printing, interpolating, encoding or collecting it does not compile.
///
/// The text is `% B PAN ^ name ^ expiry service-code discretionary-data ?`:
///
/// - the sentinels `%` and `?`, both or neither; after them may come the check character (LRC);
/// - the PAN in 8 to 19 digits, without spaces, then `^`; after a number that begins with 59 come
///   the three digits of a country;
/// - the name in 2 to 26 characters, padding included, then `^`;
/// - the expiry date as YYMM, month 1 to 12, or `^` where there is none;
/// - the service code in three digits, or `^` where there is none;
/// - discretionary data, whatever the issuer put there.
///
/// Characters are the 64 of the stripe, 0x20 to 0x5F, of which `%`, `^` and `?` stand for nothing
/// else. So there are no lower-case letters: no reader delivers any, and they have no check bits.
///
/// What is public of it: the expiry date, the service code, the country code, of what kind each
/// character is, and what is public of its ``PAN``.
///
/// Source: ISO/IEC 7813 (fields), ISO/IEC 7811-2 (characters, check character).
public struct Track1: ~Copyable, Sendable {
    private let packed: PackedTrack

    /// Parses a track from bytes, which the caller wipes afterwards.
    ///
    /// - Parameters:
    ///   - text: the track as above, at most 79 bytes and no byte more, a line end neither.
    ///   - luhn: whether the check digit of the PAN must be right.
    /// - Throws: ``TrackError``.
    /// - Complexity: Linear. Time depends on the number of bytes and on where the fields end.
    public init(_ text: Span<UInt8>, luhn: LuhnRule = .required) throws(TrackError) {
        packed = try PackedTrack(text, .track1, luhn: luhn)
    }

    private init(_ packed: consuming PackedTrack) { self.packed = packed }

    /// The card number, in a cell of its own.
    public borrowing func pan() -> PAN { packed.pan() }

    /// The country after a number that begins with 59, as the three digits of ISO 3166-1, 0 to 999;
    /// nil after any other number.
    public var countryCode: UInt16? { packed.countryCode }

    /// The month through which the card may be used, or nil where the track has a separator.
    public var expiry: ExpiryDate? { packed.expiry }

    /// The service code, or nil where the track has a separator.
    public var serviceCode: ServiceCode? { packed.serviceCode }

    /// Lends the name of the holder for one call: 2 to 26 characters as on the stripe, surname
    /// first, padding kept.
    public borrowing func withName<R: ~Copyable, E: Error>(
        _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try packed.withField(\.name, body)
    }

    /// Lends what follows the service code for one call: 0 to 61 characters.
    public borrowing func withDiscretionaryData<R: ~Copyable, E: Error>(
        _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try packed.withField(\.discretionaryData, body)
    }

    /// Lends the text of the track for one call, with sentinels and without check character, from a
    /// cell that is wiped after it.
    ///
    /// What the closure copies, it wipes.
    public borrowing func withText<R: ~Copyable, E: Error>(
        _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try packed.withText(body)
    }

    /// Whether both have the same text.
    ///
    /// - Complexity: Always the same time.
    public borrowing func isSame(as other: borrowing Track1) -> Choice {
        packed.isSame(as: other.packed)
    }
}

/// The packed form, for a hold.
extension Track1 {
    /// The size of the packed form: `character count (1) ‖ characters, without sentinels ‖ zeros`,
    /// whatever the number of characters. 77 bytes.
    package static let packedByteCount = PackedTrack.byteCount(.track1)

    /// Lets the caller open a packed track straight into the cell that will hold it.
    ///
    /// Luhn is not asked: it may have been ignored when the track came in.
    ///
    /// - Parameter fill: gets 77 zero bytes and writes the packed form over them.
    /// - Returns: The track, or nil where the bytes are not a packed track. They are wiped then, as
    ///   they are when `fill` throws.
    /// - Throws: What `fill` throws.
    package static func opened<E: Error>(
        _ fill: (inout MutableSpan<UInt8>) throws(E) -> Void
    ) throws(E) -> Track1? {
        guard let packed = try PackedTrack.opened(.track1, fill) else { return nil }
        return Track1(packed)
    }

    /// Lends the 77 bytes of the packed form for one call.
    package borrowing func withPacked<R: ~Copyable, E: Error>(
        _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try packed.withPacked(body)
    }
}
