// SPDX-License-Identifier: Apache-2.0

extension ExpiryDate {
    /// Reads four digits as they are on a stripe, YYMM, or nil where the month is none.
    init?(yearMonth digits: Span<UInt8>) { self.init(code: 200_000 + ASCII.number(digits)) }
}
