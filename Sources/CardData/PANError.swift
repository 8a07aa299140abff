// SPDX-License-Identifier: Apache-2.0

/// Why bytes are not a card number. Offsets and counts only: no case carries a digit.
public enum PANError: Error, Equatable, CustomStringConvertible {
    /// The byte at `offset` is neither a digit nor a space or hyphen between two digits.
    case notADigit(offset: Int)
    /// There are `Int` digits; a card number has 8 to 19. No digits at all is a count of 0.
    case digitCount(Int)
    /// The last digit does not check the others (Luhn).
    case checkDigit
    /// Stored bytes are not the packed form of a card number.
    case notPacked
    /// A row of a batch into which no number could be opened; who opened it knows the reason.
    case notOpened

    /// One sentence, without any digit.
    public var description: String {
        switch self {
        case .notADigit(let offset): "The byte at offset \(offset) has no place in a card number."
        case .digitCount(let count): "A card number has 8 to 19 digits, not \(count)."
        case .checkDigit: "The check digit of the card number is wrong."
        case .notPacked: "The stored bytes are not a packed card number."
        case .notOpened: "No card number could be opened into this row."
        }
    }
}
