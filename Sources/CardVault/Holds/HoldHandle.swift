// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
internal import ConstantTime
internal import SecretMemory

/// Why a text is no handle.
public struct HoldHandleError: Error, Equatable, CustomStringConvertible {
    /// One sentence, without any of the text.
    public var description: String { "This is no handle of a hold." }
}

/// What opens a hold: its id and a secret of 256 bits, kept by the caller and stored nowhere else.
///
/// It cannot be copied, printed or encoded. Its text is lent by ``withText(_:)`` and parsed from
/// bytes: `hld_` and 78 characters of Crockford's base 32, upper case. Who has the text, the store
/// and the keyring's secret has what is held: keep the text in memory, or as safely as a key.
public struct HoldHandle: ~Copyable, Sendable {
    /// Bytes in the text: 82.
    public static let textByteCount = prefix.count + idCharacterCount + secretCharacterCount

    private static let prefix = Array("hld_".utf8)
    private static let idCharacterCount = 26
    private static let secretCharacterCount = 52
    private static let byteCount = HoldID.byteCount + HoldKey.secretByteCount

    /// `id (16) ‖ secret (32)`.
    private let cell: WipedBytes

    /// Makes a handle of 48 bytes from the system generator.
    static func generate() -> HoldHandle {
        var cell = WipedBytes(count: byteCount)
        cell.withMutableBytes { RandomBytes.fillSecret(&$0) }
        return HoldHandle(cell)
    }

    private init(_ cell: consuming WipedBytes) { self.cell = cell }

    /// Parses a handle from its text, which the caller wipes afterwards.
    ///
    /// - Throws: ``HoldHandleError``.
    public init(_ text: Span<UInt8>) throws(HoldHandleError) {
        guard text.count == Self.textByteCount,
            equal(text.extracting(first: Self.prefix.count), Self.prefix.span).declassify()
        else { throw HoldHandleError() }
        var cell = WipedBytes(count: Self.byteCount)
        let isText = cell.withMutableBytes { bytes in
            let id = Base32.decode(
                text, at: 4, count: Self.idCharacterCount, into: &bytes, at: 0, HoldID.byteCount)
            let secret = Base32.decode(
                text, at: 4 + Self.idCharacterCount, count: Self.secretCharacterCount,
                into: &bytes, at: HoldID.byteCount, HoldKey.secretByteCount)
            return id & secret
        }
        // Whether a text is a handle is public: the caller is told.
        guard isText.declassify() else { throw HoldHandleError() }
        self.cell = cell
    }

    /// The name of the hold.
    public var id: HoldID {
        let bytes = cell.withBytes { cell in (0..<HoldID.byteCount).map { cell[$0] } }
        guard let id = HoldID(bytes: bytes) else { preconditionFailure("an id has 16 bytes") }
        return id
    }

    /// Lends the text for one call, from a cell that is wiped after it.
    ///
    /// What the closure copies, it wipes.
    public borrowing func withText<R: ~Copyable, E: Error>(
        _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        var text = WipedBytes(count: Self.textByteCount)
        text.withMutableBytes { text in
            for i in Self.prefix.indices { text[i] = Self.prefix[i] }
            cell.withBytes { bytes in
                Base32.encode(
                    bytes, at: 0, HoldID.byteCount, into: &text, at: 4, Self.idCharacterCount)
                Base32.encode(
                    bytes, at: HoldID.byteCount, HoldKey.secretByteCount, into: &text,
                    at: 4 + Self.idCharacterCount, Self.secretCharacterCount)
            }
        }
        return try text.withBytes(body)
    }

    /// Lends the 32 bytes of the secret for one call.
    borrowing func withSecret<R: ~Copyable, E: Error>(
        _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try cell.withBytes { bytes throws(E) in
            try body(bytes.extracting(droppingFirst: HoldID.byteCount))
        }
    }
}

/// Secret bytes as characters of Crockford's base 32: one number, zero bits before it, the highest
/// five bits first. Neither a branch nor an index depends on a byte.
private enum Base32 {
    static func encode(
        _ bytes: Span<UInt8>, at start: Int, _ byteCount: Int,
        into text: inout MutableSpan<UInt8>, at textStart: Int, _ characterCount: Int
    ) {
        let padding = characterCount * 5 - byteCount * 8
        for i in 0..<characterCount {
            var value: UInt8 = 0
            for bit in (i * 5)..<(i * 5 + 5) {
                let place = bit - padding
                let next =
                    place < 0 ? 0 : bytes[start + place / 8] &>> UInt8(7 - place % 8) & 1
                value = value &<< 1 | next
            }
            text[textStart + i] = Crockford.character(of: value)
        }
    }

    /// Whether the characters are the one text of some bytes.
    static func decode(
        _ text: Span<UInt8>, at textStart: Int, count characterCount: Int,
        into bytes: inout MutableSpan<UInt8>, at start: Int, _ byteCount: Int
    ) -> Choice {
        let padding = characterCount * 5 - byteCount * 8
        var isText = isZero(UInt8(0))
        for i in 0..<characterCount {
            let (value, isCharacter) = Crockford.secretValue(of: text[textStart + i])
            isText = isText & isCharacter
            for bit in (i * 5)..<(i * 5 + 5) {
                let place = bit - padding
                let next = value &>> UInt8(i * 5 + 4 - bit) & 1
                if place < 0 {
                    isText = isText & isZero(next)
                } else {
                    bytes[start + place / 8] |= next &<< UInt8(7 - place % 8)
                }
            }
        }
        return isText
    }
}
