// SPDX-License-Identifier: Apache-2.0
internal import SecretMemory

/// Judges whether the values of one column look like card verification codes.
///
/// Three or four digits each, at least three values, more than half of them different; and neither
/// months with years, nor years, nor the last four digits of the card in the same row.
final class CodeTally {
    /// One bit for each number of three digits, then one for each of four. They tell which codes
    /// occur, though not in which row, so they are wiped.
    private var seen = WipedBytes(count: (1000 + 10_000) / 8)
    private var count = 0
    private var distinct = 0
    private var isAllCodes = true
    private var isAllMonthYear = true
    private var isAllYearMonth = true
    private var isAllYears = true
    private var isAllLastFour = true

    /// Looks at a value that is not empty.
    ///
    /// - Parameter pan: the card number of the same row, as the file has it.
    func look(at value: Span<UInt8>, besides pan: Span<UInt8>) {
        count += 1
        guard isAllCodes, let number = code(value) else {
            isAllCodes = false
            return
        }
        let isShort = value.count == 3
        let (high, low) = isShort ? (0, 0) : (value.twoDigits(at: 0), value.twoDigits(at: 2))
        isAllMonthYear = isAllMonthYear && (1...12).contains(high)
        isAllYearMonth = isAllYearMonth && (1...12).contains(low)
        isAllYears = isAllYears && (high == 19 || high == 20)
        isAllLastFour = isAllLastFour && !isShort && isEnd(value, of: pan)
        mark(isShort ? number : 1000 + number)
    }

    /// Whether the values so far look like verification codes.
    var looksLikeCodes: Bool {
        isAllCodes && count >= 3 && 2 * distinct > count
            && !(isAllMonthYear || isAllYearMonth || isAllYears || isAllLastFour)
    }

    private func mark(_ bit: Int) {
        let isNew = seen.withMutableBytes { bits in
            let mask = UInt8(1) << UInt8(bit % 8)
            let isNew = bits[bit / 8] & mask == 0
            bits[bit / 8] |= mask
            return isNew
        }
        if isNew { distinct += 1 }
    }
}

private func code(_ value: Span<UInt8>) -> Int? {
    guard value.count == 3 || value.count == 4 else { return nil }
    var number = 0
    for i in value.indices {
        guard value[i].isDigit else { return nil }
        number = 10 * number + Int(value[i] & 0x0F)
    }
    return number
}

private func isEnd(_ value: Span<UInt8>, of pan: Span<UInt8>) -> Bool {
    guard value.count <= pan.count else { return false }
    let start = pan.count - value.count
    for i in value.indices where pan[start + i] != value[i] { return false }
    return true
}
