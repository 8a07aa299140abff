// SPDX-License-Identifier: Apache-2.0

/// Where the fields of a track lie in a text.
struct TrackFields {
    let pan: Range<Int>
    /// Three digits after a number that begins with 59, else empty.
    let countryCode: Range<Int>
    /// Empty on track 2.
    let name: Range<Int>
    /// Four digits, or one separator.
    let expiry: Range<Int>
    /// Three digits, or one separator.
    let serviceCode: Range<Int>
    let discretionaryData: Range<Int>
}
