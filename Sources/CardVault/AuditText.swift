// SPDX-License-Identifier: Apache-2.0

/// A text that may go on record: 1 to 200 printable ASCII characters, and no card number among
/// them.
package struct AuditText: Hashable, Sendable {
    static let byteCounts = 1...200
    /// So many digits that pass Luhn count as a card number.
    private static let panDigitCount = 13

    package let text: String

    /// Takes a text; nil when it is empty, too long, not printable or holds a card number.
    package init?(_ text: String) {
        guard Self.byteCounts.contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }),
            !Self.holdsCardNumber(text.utf8)
        else { return nil }
        self.text = text
    }

    /// Whether 13 to 19 digits with no letter between them pass Luhn.
    private static func holdsCardNumber(_ text: String.UTF8View) -> Bool {
        var digits: [UInt8] = []
        for byte in text {
            switch byte {
            case 0x30...0x39:
                digits.append(byte - 0x30)
                let tails = panDigitCount...max(panDigitCount, min(digits.count, 19))
                if digits.count >= panDigitCount,
                    tails.contains(where: { LuhnCheck.passes(digits.suffix($0)) })
                {
                    return true
                }
            case 0x41...0x5a, 0x61...0x7a: digits = []
            default: continue
            }
        }
        return false
    }
}
