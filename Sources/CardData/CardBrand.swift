// SPDX-License-Identifier: Apache-2.0

/// The brand under which a card is issued, as its leading digits and their number tell.
///
/// The raw value is the code under which a brand is stored; it never changes its meaning. Read it
/// back with `CardBrand(rawValue:)`.
public enum CardBrand: UInt8, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// No brand in the table issues such numbers. Code 0.
    case unknown = 0
    /// Code 1.
    case visa = 1
    /// Code 2.
    case mastercard = 2
    /// Code 3.
    case americanExpress = 3
    /// Code 4.
    case dinersClub = 4
    /// Code 5.
    case troy = 5
    /// Code 6.
    case discover = 6
    /// Code 7.
    case jcb = 7
    /// Code 8.
    case unionPay = 8
    /// Code 9.
    case maestro = 9
    /// Code 10.
    case elo = 10
    /// Code 11.
    case mir = 11
    /// Code 12.
    case hiper = 12
    /// Code 13.
    case hipercard = 13
    /// Code 14.
    case naranja = 14
    /// Code 15.
    case verve = 15

    /// The name as the brand writes it.
    public var name: String {
        switch self {
        case .unknown: "Unknown"
        case .visa: "Visa"
        case .mastercard: "Mastercard"
        case .americanExpress: "American Express"
        case .dinersClub: "Diners Club"
        case .troy: "Troy"
        case .discover: "Discover"
        case .jcb: "JCB"
        case .unionPay: "UnionPay"
        case .maestro: "Maestro"
        case .elo: "Elo"
        case .mir: "Mir"
        case .hiper: "Hiper"
        case .hipercard: "Hipercard"
        case .naranja: "Naranja"
        case .verve: "Verve"
        }
    }

    /// The same as ``name``.
    public var description: String { name }
}
