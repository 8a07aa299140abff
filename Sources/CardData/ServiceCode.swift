// SPDX-License-Identifier: Apache-2.0

/// Why bytes are not a service code.
public enum ServiceCodeError: Error, Equatable, CustomStringConvertible {
    /// There are `Int` bytes; a service code has three.
    case digitCount(Int)
    /// The byte at `offset` is not a digit.
    case notADigit(offset: Int)

    /// One sentence.
    public var description: String {
        switch self {
        case .digitCount(let count): "A service code has 3 digits, not \(count)."
        case .notADigit(let offset): "The byte at offset \(offset) of a service code is no digit."
        }
    }
}

/// Three digits on a card's stripe that say where and how the card may be used.
///
/// Any three digits are read, as cards carry values that the standard reserves; the meaning of a
/// reserved digit is nil.
///
/// Source: ISO/IEC 7813, service code.
public struct ServiceCode: Hashable, Sendable, CustomStringConvertible {
    /// Where the card is taken (first digit).
    public enum Interchange: Sendable, Hashable {
        /// Everywhere (1, 2).
        case international
        /// In the issuer's country, elsewhere by agreement (5, 6).
        case national
        /// Where it was agreed (7).
        case agreed
        /// Nowhere: a test card (9).
        case test
    }

    /// Who authorizes a payment (second digit).
    public enum Authorization: Sendable, Hashable {
        /// As usual (0).
        case normal
        /// The issuer, online (2).
        case issuer
        /// The issuer, online, unless agreed otherwise (4).
        case issuerUnlessAgreed
    }

    /// What may be paid (third digit).
    public enum Services: Sendable, Hashable {
        /// Everything (0, 1, 6).
        case unrestricted
        /// Goods and services, not cash (2, 5, 7).
        case goodsAndServices
        /// Cash from machines only (3).
        case cashMachines
        /// Cash only (4).
        case cash
    }

    /// Whether the holder must enter the PIN (third digit).
    public enum PINRequirement: Sendable, Hashable {
        /// Always (0, 3, 5).
        case required
        /// Where the terminal can ask for it (6, 7).
        case whereFeasible
        /// Not by this code (1, 2, 4).
        case none
    }

    /// The digits as a number, 0 to 999.
    public let value: UInt16

    /// Parses three ASCII digits.
    ///
    /// - Throws: ``ServiceCodeError``.
    public init(_ digits: Span<UInt8>) throws(ServiceCodeError) {
        guard digits.count == 3 else { throw .digitCount(digits.count) }
        var value: UInt32 = 0
        for offset in digits.indices {
            guard let digit = ASCII.digit(digits[offset]) else { throw .notADigit(offset: offset) }
            value = value * 10 + digit
        }
        self.value = UInt16(value)
    }

    /// Where the card is taken.
    public var interchange: Interchange? {
        switch value / 100 {
        case 1, 2: .international
        case 5, 6: .national
        case 7: .agreed
        case 9: .test
        default: nil
        }
    }

    /// Whether the chip is to be used where the terminal can read it (first digit 2 or 6).
    public var prefersChip: Bool { value / 100 == 2 || value / 100 == 6 }

    /// Who authorizes a payment.
    public var authorization: Authorization? {
        switch value / 10 % 10 {
        case 0: .normal
        case 2: .issuer
        case 4: .issuerUnlessAgreed
        default: nil
        }
    }

    /// What may be paid.
    public var services: Services? {
        switch value % 10 {
        case 0, 1, 6: .unrestricted
        case 2, 5, 7: .goodsAndServices
        case 3: .cashMachines
        case 4: .cash
        default: nil
        }
    }

    /// Whether the holder must enter the PIN.
    public var pin: PINRequirement? {
        switch value % 10 {
        case 0, 3, 5: .required
        case 6, 7: .whereFeasible
        case 1, 2, 4: PINRequirement.none
        default: nil
        }
    }

    /// The three digits.
    public var description: String { ASCII.text(UInt32(value), digitCount: 3) }
}
