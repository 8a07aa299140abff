// SPDX-License-Identifier: Apache-2.0

/// What a token looks like. A card may have one token of each format in its scope.
public enum TokenFormat: Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// `tok_` and 26 characters; for new systems.
    case opaque
    /// As many digits as the PAN with its last four, the rest random; fails Luhn.
    case lastFour
    /// As many digits as the PAN with its first six and last four, the rest random; fails Luhn.
    case binLastFour
    /// As `lastFour`, and passes Luhn: nobody can tell such a token from a card number.
    case luhnValidLastFour
    /// As `binLastFour`, and passes Luhn: nobody can tell such a token from a card number.
    case luhnValidBINLastFour

    /// All formats.
    public static let allCases: [TokenFormat] = [
        .opaque, .lastFour, .binLastFour, .luhnValidLastFour, .luhnValidBINLastFour,
    ]

    /// How many random digits a digit format needs at least: a million tokens to draw from.
    static let freeDigitCountMinimum = 6

    /// The number of the format in the store.
    public var code: UInt8 {
        switch self {
        case .opaque: 1
        case .lastFour: 2
        case .binLastFour: 3
        case .luhnValidLastFour: 4
        case .luhnValidBINLastFour: 5
        }
    }

    /// The format with this number; nil when there is none.
    public init?(code: UInt8) {
        guard let format = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = format
    }

    /// The name in the tool.
    public var description: String {
        switch self {
        case .opaque: "opaque"
        case .lastFour: "last-four"
        case .binLastFour: "bin-last-four"
        case .luhnValidLastFour: "last-four-luhn"
        case .luhnValidBINLastFour: "bin-last-four-luhn"
        }
    }

    var keepsBIN: Bool { self == .binLastFour || self == .luhnValidBINLastFour }

    var passesLuhn: Bool { self == .luhnValidLastFour || self == .luhnValidBINLastFour }
}
