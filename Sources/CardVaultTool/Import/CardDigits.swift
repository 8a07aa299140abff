// SPDX-License-Identifier: Apache-2.0

/// What the bytes of a field look like, card number or track. Nothing is kept of them.
enum CardDigits {
    /// Whether track data stands anywhere in `bytes`, with or without sentinels.
    ///
    /// Track 1 is `B`, 13 to 19 digits, `^`; track 2 is `;`, 13 to 19 digits, `=`, or without the
    /// sentinel `=` or `D` and after it a date YYMM and a service code of three digits.
    ///
    /// Source: ISO/IEC 7813; `D` as separator: EMV Book 3, tag 57.
    static func holdTrack(_ bytes: Span<UInt8>) -> Bool {
        var run = 0
        for i in bytes.indices {
            let byte = bytes[i]
            if byte.isDigit {
                run += 1
                continue
            }
            if run >= 13 && run <= 19 && isSeparator(at: i, after: run, of: bytes) { return true }
            run = 0
        }
        return false
    }

    /// Whether `isSought` holds for a run of 13 to 19 digits: one without separators, or one with
    /// spaces and hyphens between its digits.
    static func hasRun(
        in bytes: Span<UInt8>, _ isSought: (Span<UInt8>) -> Bool
    ) -> Bool {
        func matches(_ start: Int, _ end: Int, _ count: Int) -> Bool {
            (13...19).contains(count) && isSought(bytes.extracting(start..<end))
        }
        var plain = (start: 0, count: 0)
        var spaced = (start: 0, end: 0, count: 0)
        for i in bytes.indices {
            if bytes[i].isDigit {
                if plain.count == 0 { plain.start = i }
                if spaced.count == 0 { spaced.start = i }
                plain.count += 1
                spaced.count += 1
                spaced.end = i + 1
                continue
            }
            if matches(plain.start, i, plain.count) { return true }
            plain.count = 0
            guard bytes[i] != UInt8(ascii: " ") && bytes[i] != UInt8(ascii: "-") else { continue }
            if matches(spaced.start, spaced.end, spaced.count) { return true }
            spaced.count = 0
        }
        return matches(plain.start, bytes.count, plain.count)
            || matches(spaced.start, spaced.end, spaced.count)
    }

    /// Whether `bytes`, without spaces and hyphens, are 13 to 19 digits that begin with 2 to 6 and
    /// pass the Luhn check.
    static func areCardNumber(_ bytes: Span<UInt8>) -> Bool {
        var count = 0
        var first: UInt8 = 0
        // Which digits are doubled depends on the count, known at the end: both sums are kept.
        var even = 0
        var odd = 0
        for i in bytes.indices {
            let byte = bytes[i]
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "-") { continue }
            guard byte.isDigit else { return false }
            let digit = Int(byte & 0x0F)
            let doubled = 2 * digit - (digit > 4 ? 9 : 0)
            if count == 0 { first = byte }
            even += count % 2 == 0 ? doubled : digit
            odd += count % 2 == 0 ? digit : doubled
            count += 1
        }
        guard (13...19).contains(count), (0x32...0x36).contains(first) else { return false }
        return (count % 2 == 0 ? even : odd) % 10 == 0
    }

    /// The digits of a card number with or without spaces and hyphens, packed four bits each; nil
    /// where there are not 8 to 19 of them.
    static func pack(_ bytes: Span<UInt8>) -> (digits: UInt128, count: Int)? {
        var digits: UInt128 = 0
        var count = 0
        for i in bytes.indices where bytes[i].isDigit {
            digits = digits << 4 | UInt128(bytes[i] & 0x0F)
            count += 1
        }
        return (8...19).contains(count) ? (digits, count) : nil
    }

    /// Whether the `count` packed digits stand anywhere in `bytes`, in one piece or with spaces and
    /// hyphens between them.
    static func occur(_ digits: UInt128, count: Int, in bytes: Span<UInt8>) -> Bool {
        guard bytes.count >= count else { return false }
        let mask = (UInt128(1) << UInt128(4 * count)) - 1
        var window: UInt128 = 0
        var run = 0
        var isFound = false
        for i in bytes.indices {
            let byte = bytes[i]
            if byte.isDigit {
                window = (window << 4 | UInt128(byte & 0x0F)) & mask
                run += 1
                if run >= count && window == digits { isFound = true }
            } else if byte != UInt8(ascii: " ") && byte != UInt8(ascii: "-") {
                run = 0
            }
        }
        return isFound
    }

    /// Whether the byte at `end` parts the `run` digits before it from the rest of a track.
    private static func isSeparator(at end: Int, after run: Int, of bytes: Span<UInt8>) -> Bool {
        let before: UInt8 = end > run ? bytes[end - run - 1] : 0
        switch bytes[end] {
        case UInt8(ascii: "^"): return before | 0x20 == UInt8(ascii: "b")
        case UInt8(ascii: "="):
            return before == UInt8(ascii: ";") || isDateAndService(bytes, from: end + 1)
        case UInt8(ascii: "D"), UInt8(ascii: "d"): return isDateAndService(bytes, from: end + 1)
        default: return false
        }
    }

    private static func isDateAndService(_ bytes: Span<UInt8>, from start: Int) -> Bool {
        guard start + 7 <= bytes.count else { return false }
        for i in start..<start + 7 where !bytes[i].isDigit { return false }
        return (1...12).contains(bytes.twoDigits(at: start + 2))
    }
}

extension UInt8 {
    /// Whether it is one of `0` to `9` in ASCII.
    var isDigit: Bool { self &- 0x30 < 10 }
}

extension Span<UInt8> {
    /// The number that two digits in ASCII make.
    func twoDigits(at index: Int) -> Int {
        Int(self[index] & 0x0F) * 10 + Int(self[index + 1] & 0x0F)
    }
}
