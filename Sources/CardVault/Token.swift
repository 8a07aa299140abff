// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
internal import ConstantTime

/// Why a text is no token.
public struct TokenError: Error, Hashable, CustomStringConvertible {
    /// The offset of the first byte that fits no token.
    public let offset: Int

    /// One sentence, without any of the text.
    public var description: String { "This is no token: byte \(offset) does not fit." }
}

/// The surrogate of a card number. It says nothing of the card but what its format keeps.
///
/// Either `tok_` and 26 characters of Crockford's base 32, upper case, or 8 to 19 decimal digits.
/// Each token has one text, and `Token(print(token)) == token`.
public struct Token: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Bytes in the key that a store keeps a token by: 17.
    public static let storedByteCount = 17

    private let tag: UInt8
    private let high: UInt64
    private let low: UInt64

    private static let opaqueTag: UInt8 = 1
    private static let digitsTag: UInt8 = 2
    private static let prefix = Array("tok_".utf8)

    /// An opaque token of 128 bits.
    init(opaque high: UInt64, _ low: UInt64) {
        tag = Self.opaqueTag
        self.high = high
        self.low = low
    }

    /// A token of `count` decimal digits with this value.
    init(digits value: UInt64, count: Int) {
        precondition((8...19).contains(count) && Self.fits(value, count))
        tag = Self.digitsTag
        high = UInt64(count) << 56 | value >> 8
        low = value << 56
    }

    /// Parses a token.
    ///
    /// - Throws: ``TokenError``.
    public init(_ text: String) throws(TokenError) { try self.init(text.utf8.span) }

    /// Parses a token from its UTF-8 bytes.
    ///
    /// - Throws: ``TokenError``.
    public init(_ text: Span<UInt8>) throws(TokenError) {
        if text.count == Self.prefix.count + 26, text[0] == Self.prefix[0] {
            try self.init(opaqueText: text)
        } else {
            try self.init(digitText: text)
        }
    }

    /// Reads the stored key: tag (1) ‖ 16 bytes; nil for anything that no token has.
    public init?(stored bytes: Span<UInt8>) {
        guard bytes.count == Self.storedByteCount else { return nil }
        let tag = bytes[0]
        let high = BigEndian.word(bytes, at: 1)
        let low = BigEndian.word(bytes, at: 9)
        if tag == Self.digitsTag {
            let count = Int(high >> 56)
            let value = high << 8 | low >> 56
            guard (8...19).contains(count), Self.fits(value, count), low << 8 == 0 else {
                return nil
            }
        } else if tag != Self.opaqueTag {
            return nil
        }
        self.tag = tag
        self.high = high
        self.low = low
    }

    /// The stored key: tag (1) ‖ 16 bytes. Its order is the order of tokens.
    public var stored: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.storedByteCount)
        bytes.append(tag)
        BigEndian.append(high, to: &bytes)
        BigEndian.append(low, to: &bytes)
        return bytes
    }

    /// Whether the text could be a card number: digits that pass Luhn. Such a token goes on record
    /// only where it is known to be one.
    var couldBeCardNumber: Bool {
        tag == Self.digitsTag && LuhnCheck.passes(digitText.map { $0 - 0x30 })
    }

    /// Whether both are the same token, in a time that does not tell where they differ.
    public static func == (a: Token, b: Token) -> Bool {
        // Public: whether a token is known is what the caller gets.
        (equal(a.tag, b.tag) & equal(a.high, b.high) & equal(a.low, b.low)).declassify()
    }

    /// The order of the stored keys.
    public static func < (a: Token, b: Token) -> Bool {
        (a.tag, a.high, a.low) < (b.tag, b.high, b.low)
    }

    /// The text.
    public var description: String {
        String(decoding: tag == Self.opaqueTag ? opaqueText : digitText, as: UTF8.self)
    }

    private static func fits(_ value: UInt64, _ count: Int) -> Bool {
        value < (0..<count).reduce(1) { power, _ in power * 10 }
    }

    private init(opaqueText text: Span<UInt8>) throws(TokenError) {
        for i in 1..<4 where text[i] != Self.prefix[i] { throw TokenError(offset: i) }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for i in 4..<text.count {
            guard let value = Crockford.value(of: text[i]), i > 4 || value < 8 else {
                throw TokenError(offset: i)  // 26 characters carry 130 bits: the first 2 are zero
            }
            high = high << 5 | low >> 59
            low = low << 5 | UInt64(value)
        }
        self.init(opaque: high, low)
    }

    private var opaqueText: [UInt8] {
        var text = [UInt8](repeating: 0, count: Self.prefix.count + 26)
        for i in Self.prefix.indices { text[i] = Self.prefix[i] }
        var (high, low) = (high, low)
        for i in stride(from: text.count - 1, through: Self.prefix.count, by: -1) {
            text[i] = Crockford.alphabet[Int(low & 31)]
            low = low &>> 5 | high &<< 59
            high = high &>> 5
        }
        return text
    }

    private init(digitText text: Span<UInt8>) throws(TokenError) {
        guard (8...19).contains(text.count) else { throw TokenError(offset: min(text.count, 19)) }
        var value: UInt64 = 0
        for i in text.indices {
            guard (0x30...0x39).contains(text[i]) else { throw TokenError(offset: i) }
            value = value * 10 + UInt64(text[i] - 0x30)
        }
        self.init(digits: value, count: text.count)
    }

    private var digitText: [UInt8] {
        var value = high << 8 | low >> 56
        var text = [UInt8](repeating: 0, count: Int(high >> 56))
        for i in text.indices.reversed() {
            text[i] = UInt8(value % 10) + 0x30
            value /= 10
        }
        return text
    }
}
