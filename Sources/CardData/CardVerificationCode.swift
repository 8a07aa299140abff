// SPDX-License-Identifier: Apache-2.0
public import ConstantTime
internal import SecretMemory

/// Why bytes are not a card verification code. Offsets and counts only: no case carries a digit.
public enum CardVerificationCodeError: Error, Equatable, CustomStringConvertible {
    /// There are `Int` bytes; a code has 3 or 4.
    case digitCount(Int)
    /// The byte at `offset` is not a digit.
    case notADigit(offset: Int)

    /// One sentence, without any digit.
    public var description: String {
        switch self {
        case .digitCount(let count): "A card verification code has 3 or 4 digits, not \(count)."
        case .notADigit(let offset):
            "The byte at offset \(offset) of a card verification code is no digit."
        }
    }
}

/// The three or four digits printed on a card, for payments where it is not present (CVV2, CVC2,
/// CAV2, CID).
///
/// This is sensitive authentication data. PCI DSS 3.3.1 forbids to keep it once the payment is
/// authorized, encrypted or not. The type has no path to storage but a hold, which is opened once
/// and expires; it owns five bytes on the heap that are wiped when it is dropped, is noncopyable
/// and conforms to nothing, so printing, interpolating, encoding or collecting it does not compile.
///
/// Its digit count is public. Its digits are read without a branch or an index that depends on
/// them, but for whether each is one.
///
/// Source: PCI DSS v4, 3.3.1.2.
public struct CardVerificationCode: ~Copyable, Sendable {
    private let cell: WipedBytes

    /// How many digits a code has.
    private static let digitCounts = 3...4

    /// Parses a code from bytes, which the caller wipes afterwards.
    ///
    /// - Parameter digits: 3 or 4 ASCII digits and nothing else.
    /// - Throws: ``CardVerificationCodeError/digitCount(_:)``, else
    ///   ``CardVerificationCodeError/notADigit(offset:)``.
    public init(_ digits: Span<UInt8>) throws(CardVerificationCodeError) {
        let count = digits.count
        guard Self.digitCounts.contains(count) else { throw .digitCount(count) }
        for offset in digits.indices where !ASCII.isDigit(digits[offset]) {
            throw .notADigit(offset: offset)
        }
        var cell = WipedBytes(count: Self.packedByteCount)
        cell.withMutableBytes { bytes in
            bytes[0] = UInt8(count)
            for i in digits.indices { bytes[1 + i] = digits[i] }
        }
        self.cell = cell
    }

    /// How many digits there are, 3 or 4.
    public var digitCount: Int { cell.withBytes { Int($0[0]) } }

    /// Lends the digits as ASCII for one call.
    ///
    /// What the closure copies, it wipes.
    public borrowing func withDigits<R: ~Copyable, E: Error>(
        _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try cell.withBytes { packed throws(E) in
            try body(packed.extracting(1..<1 + Int(packed[0])))
        }
    }

    /// Whether both have the same digits, and as many.
    ///
    /// - Complexity: Always the same time.
    public borrowing func isSame(as other: borrowing CardVerificationCode) -> Choice {
        cell.withBytes { mine in other.cell.withBytes { equal(mine, $0) } }
    }
}

/// The packed form, for a hold.
extension CardVerificationCode {
    /// The size of the packed form: `digit count (1) ‖ digits ‖ zeros`, whatever the number of
    /// digits. 5 bytes.
    package static let packedByteCount = 1 + digitCounts.upperBound

    /// Lets the caller open a packed code straight into the cell that will hold it.
    ///
    /// - Parameter fill: gets five zero bytes and writes the packed form over them.
    /// - Returns: The code, or nil where the bytes are not a packed code. They are wiped then, as
    ///   they are when `fill` throws.
    /// - Throws: What `fill` throws.
    package static func opened<E: Error>(
        _ fill: (inout MutableSpan<UInt8>) throws(E) -> Void
    ) throws(E) -> CardVerificationCode? {
        var cell = WipedBytes(count: packedByteCount)
        try cell.withMutableBytes(fill)
        let isPacked = cell.withBytes { Self.isPacked($0) }
        return isPacked ? CardVerificationCode(packedCell: cell) : nil
    }

    /// Lends the five bytes of the packed form for one call.
    package borrowing func withPacked<R: ~Copyable, E: Error>(
        _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try cell.withBytes(body)
    }

    private init(packedCell: consuming WipedBytes) { self.cell = packedCell }

    private static func isPacked(_ bytes: Span<UInt8>) -> Bool {
        guard digitCounts.contains(Int(bytes[0])) else { return false }
        let end = 1 + Int(bytes[0])
        return (1..<end).allSatisfy { ASCII.isDigit(bytes[$0]) }
            // Public: no code that was ever packed answers no.
            && isZero(bytes.extracting(end...)).declassify()
    }
}
