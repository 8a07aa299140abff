// SPDX-License-Identifier: Apache-2.0

/// What sets one track apart from the other: its fields (ISO/IEC 7813) and its characters (ISO/IEC
/// 7811-2).
enum TrackLayout: Sendable {
    case track1, track2

    /// How many characters a name has.
    static let nameCounts = 2...26

    /// The most characters there can be, with both sentinels and the check character.
    var characterLimit: Int {
        switch self {
        case .track1: 79
        case .track2: 40
        }
    }

    /// The most characters there can be between the sentinels.
    var bodyLimit: Int { characterLimit - 3 }

    var startSentinel: UInt8 {
        switch self {
        case .track1: ASCII.percent
        case .track2: ASCII.semicolon
        }
    }

    var endSentinel: UInt8 { ASCII.questionMark }

    var separator: UInt8 {
        switch self {
        case .track1: ASCII.caret
        case .track2: ASCII.equals
        }
    }

    /// Whether `byte` may stand in a name or in discretionary data.
    func isData(_ byte: UInt8) -> Bool {
        switch self {
        case .track1:
            (0x20...0x5F).contains(byte) && byte != startSentinel && byte != separator
                && byte != endSentinel
        case .track2: ASCII.isDigit(byte)
        }
    }

    /// The longitudinal redundancy check (LRC) of characters from the start sentinel through the
    /// end sentinel, as a character: six data bits each on track 1, four on track 2.
    func checkCharacter(_ text: Span<UInt8>) -> UInt8 {
        let (first, mask): (UInt8, UInt8) =
            switch self {
            case .track1: (ASCII.space, 0x3F)
            case .track2: (ASCII.zero, 0x0F)
            }
        var bits: UInt8 = 0
        for i in text.indices { bits ^= text[i] &- first }
        return first + bits & mask
    }
}
