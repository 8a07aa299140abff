// SPDX-License-Identifier: Apache-2.0

/// Finding the brand of a number.
extension CardBrand {
    /// Consecutive leading eight digits of one brand; a run ends where the next begins.
    struct Run {
        let first: UInt32
        let brand: CardBrand
    }

    /// The brand that issues numbers of `digitCount` digits with these leading eight, or `unknown`.
    ///
    /// The narrowest range that holds the digits decides, so the longest prefix does, and one
    /// prefix before a range of prefixes as long. A brand that does not issue so many digits is not
    /// named.
    ///
    /// The leading eight digits name the issuer and are public here: the search branches on them.
    static func issuing(leadingEight: UInt32, digitCount: Int) -> CardBrand {
        let brand = runs[runIndex(of: leadingEight)].brand
        return brand.digitCounts.contains(digitCount) ? brand : .unknown
    }

    /// All leading eight digits from 0 to 99,999,999, cut where a range begins or has ended.
    static let runs: [Run] = {
        let ranges = CardBrand.allCases.flatMap { brand in
            brand.prefixes.map { (brand: brand, range: leadingEight($0.0, $0.1)) }
        }.sorted { $0.range.count < $1.range.count }
        let cuts = Set([0] + ranges.flatMap { [$0.range.lowerBound, $0.range.upperBound] }).sorted()
        return cuts.dropLast(cuts.last == 100_000_000 ? 1 : 0).map { first in
            Run(first: first, brand: ranges.first { $0.range.contains(first) }?.brand ?? .unknown)
        }
    }()

    /// The index of the run that holds `leadingEight`.
    private static func runIndex(of leadingEight: UInt32) -> Int {
        var (low, high) = (0, runs.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if runs[middle].first <= leadingEight { low = middle } else { high = middle }
        }
        return low
    }

    /// The leading eight digits that begin with one of the prefixes `first` to `last`, equally
    /// long.
    private static func leadingEight(_ first: UInt32, _ last: UInt32) -> Range<UInt32> {
        var (lower, upper) = (first, last + 1)
        while lower < 10_000_000 { (lower, upper) = (lower * 10, upper * 10) }
        return lower..<upper
    }
}
