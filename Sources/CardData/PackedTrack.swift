// SPDX-License-Identifier: Apache-2.0
internal import ConstantTime
internal import SecretMemory

/// The packed form of a track: `character count (1) ‖ characters (n) ‖ zeros`, of one length for
/// every track of a layout.
///
/// The characters are those of the canonical text between its sentinels. ``Track1`` and ``Track2``
/// keep theirs so and read it here; where the fields lie is found anew for every question.
struct PackedTrack: ~Copyable, Sendable {
    private let layout: TrackLayout
    private let cell: WipedBytes

    static func byteCount(_ layout: TrackLayout) -> Int { 1 + layout.bodyLimit }

    /// Parses a text, which the caller wipes.
    init(_ text: Span<UInt8>, _ layout: TrackLayout, luhn: LuhnRule) throws(TrackError) {
        let track = try TrackText(text, layout, luhn: luhn)
        var cell = WipedBytes(count: PackedTrack.byteCount(layout))
        cell.withMutableBytes { bytes in
            bytes[0] = UInt8(track.body.count)
            for (i, offset) in zip(1..., track.body) {
                let byte = text[offset]
                bytes[i] = byte == track.separator ? layout.separator : byte
            }
        }
        self.init(layout, cell)
    }

    private init(_ layout: TrackLayout, _ cell: consuming WipedBytes) {
        self.layout = layout
        self.cell = cell
    }

    /// Lets `fill` write a packed track into the cell that will hold it; nil where it wrote none.
    static func opened<E: Error>(
        _ layout: TrackLayout, _ fill: (inout MutableSpan<UInt8>) throws(E) -> Void
    ) throws(E) -> PackedTrack? {
        var cell = WipedBytes(count: byteCount(layout))
        try cell.withMutableBytes(fill)
        let isPacked = cell.withBytes { fields(of: $0, layout) != nil }
        return isPacked ? PackedTrack(layout, cell) : nil
    }

    /// Where the fields lie in `packed`, or nil where that is no packed track. Luhn is not asked.
    private static func fields(of packed: Span<UInt8>, _ layout: TrackLayout) -> TrackFields? {
        guard packed.count == byteCount(layout), packed[0] <= layout.bodyLimit else { return nil }
        let body = 1..<1 + Int(packed[0])
        // Public: no track that was ever packed has anything there.
        guard isZero(packed.extracting(body.upperBound...)).declassify() else { return nil }
        var parser = TrackParser(layout, in: body, separator: layout.separator)
        return try? parser.fields(of: packed, luhn: .ignored)
    }

    var fields: TrackFields {
        cell.withBytes { packed in
            guard let fields = PackedTrack.fields(of: packed, layout) else {
                preconditionFailure("a packed track was parsed when it was made")
            }
            return fields
        }
    }

    /// The number, in a cell of its own.
    borrowing func pan() -> PAN {
        withField(\.pan) { digits in
            do { return try PAN(digits, luhn: .ignored) } catch {
                preconditionFailure("a packed track was parsed when it was made")
            }
        }
    }

    var countryCode: UInt16? {
        withField(\.countryCode) { $0.isEmpty ? nil : UInt16(ASCII.number($0)) }
    }

    var expiry: ExpiryDate? {
        withField(\.expiry) { $0.count == 1 ? nil : ExpiryDate(yearMonth: $0) }
    }

    var serviceCode: ServiceCode? {
        withField(\.serviceCode) { $0.count == 1 ? nil : try? ServiceCode($0) }
    }

    borrowing func withField<R: ~Copyable, E: Error>(
        _ field: (TrackFields) -> Range<Int>, _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        let range = field(fields)
        return try cell.withBytes { packed throws(E) in try body(packed.extracting(range)) }
    }

    /// Lends the text with sentinels, from a cell that is wiped after the call.
    borrowing func withText<R: ~Copyable, E: Error>(
        _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        let text = cell.withBytes { packed in
            let count = Int(packed[0])
            var text = WipedBytes(count: count + 2)
            text.withMutableBytes { characters in
                characters[0] = layout.startSentinel
                for i in 1...count { characters[i] = packed[i] }
                characters[count + 1] = layout.endSentinel
            }
            return text
        }
        return try text.withBytes(body)
    }

    borrowing func withPacked<R: ~Copyable, E: Error>(
        _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try cell.withBytes(body)
    }

    borrowing func isSame(as other: borrowing PackedTrack) -> Choice {
        cell.withBytes { mine in other.cell.withBytes { equal(mine, $0) } }
    }
}
