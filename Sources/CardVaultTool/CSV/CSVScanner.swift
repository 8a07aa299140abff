// SPDX-License-Identifier: Apache-2.0

/// Where one field stands in its row.
struct CSVField: Equatable {
    /// The field as it stands in the file, quotes included.
    var raw: Range<Int>
    /// What it means: the same range, or the one between the quotes.
    var value: Range<Int>
    /// Whether doubled quotes inside stand for single ones, so that `value` is still to be
    /// unescaped.
    var hasDoubledQuotes = false
}

/// Finds the fields of one row in bytes that begin with it.
///
/// It keeps nothing from one row to the next but its storage, so the rows found do not depend on
/// how the file was cut into buffers.
struct CSVScanner {
    /// What the bytes turned out to begin with.
    enum Outcome: Equatable {
        /// A row of `end` bytes; the next begins at `next`.
        case row(end: Int, next: Int)
        /// The beginning of a row: more bytes are needed.
        case incomplete
        /// More fields than allowed.
        case tooManyColumns
    }

    private let columnLimit: Int
    /// The fields of the row. Their values may be narrowed by who unescapes them.
    var fields: [CSVField] = []
    /// Why the row is refused; then it has no fields.
    private(set) var fault: RowFault?
    /// Line feeds inside the row, its end not counted.
    private(set) var innerLineCount = 0
    /// Whether the row holds a byte above 0x7F, so that it is still to be checked for UTF-8.
    private(set) var isBeyondASCII = false
    /// Whether a field holds doubled quotes, so that its value is still to be unescaped.
    private(set) var hasDoubledQuotes = false
    private var hasNUL = false

    init(columnLimit: Int) {
        self.columnLimit = columnLimit
        fields.reserveCapacity(min(columnLimit, 64))
    }

    /// Whether the row is a line without any byte.
    var isBlank: Bool { fields.count == 1 && fields[0].raw.isEmpty && fault == nil }

    /// Scans one row.
    ///
    /// - Parameters:
    ///   - bytes: the row from its first byte on, and whatever follows it.
    ///   - isLast: whether the file ends where `bytes` end.
    mutating func scan(_ bytes: Span<UInt8>, isLast: Bool) -> Outcome {
        fields.removeAll(keepingCapacity: true)
        (fault, innerLineCount) = (nil, 0)
        (isBeyondASCII, hasDoubledQuotes, hasNUL) = (false, false, false)
        var start = 0
        while true {
            // Before the field is looked at: of the last one, a buffer may hold nothing yet.
            guard fields.count < columnLimit else { return .tooManyColumns }
            let isQuoted = start < bytes.count && bytes[start] == .quote
            let linesBefore = innerLineCount
            guard let field = isQuoted ? quoted(bytes, start) : unquoted(bytes, start) else {
                guard isLast else { return .incomplete }
                // The quote may have been a slip: only its line is lost, not the rest of the file.
                innerLineCount = linesBefore
                return refuse(.unterminatedQuote, bytes, from: start, isLast: isLast)
            }
            fields.append(field)
            let end = field.raw.upperBound
            guard end < bytes.count else {
                return isLast ? finish(end: end, next: end) : .incomplete
            }
            switch bytes[end] {
            case .comma: start = end + 1
            case .lineFeed: return finish(end: end, next: end + 1)
            case .carriageReturn:
                guard end + 1 < bytes.count || isLast else { return .incomplete }
                if end + 1 < bytes.count && bytes[end + 1] == .lineFeed {
                    return finish(end: end, next: end + 2)
                }
                return refuse(.bareCarriageReturn, bytes, from: end, isLast: isLast)
            default:
                let fault: RowFault = isQuoted ? .byteAfterQuote : .bareQuote
                return refuse(fault, bytes, from: end, isLast: isLast)
            }
        }
    }

    /// Gives the row up for `fault`: its fields are dropped.
    mutating func refuse(_ fault: RowFault) {
        self.fault = fault
        fields.removeAll(keepingCapacity: true)
    }

    /// Gives the row up, and with it everything to the end of the line where the fault stands: no
    /// quote can be trusted any more.
    private mutating func refuse(
        _ fault: RowFault, _ bytes: Span<UInt8>, from start: Int, isLast: Bool
    ) -> Outcome {
        refuse(fault)
        var end = start
        while end < bytes.count && bytes[end] != .lineFeed { end += 1 }
        if end < bytes.count { return .row(end: end, next: end + 1) }
        return isLast ? .row(end: end, next: end) : .incomplete
    }

    private mutating func finish(end: Int, next: Int) -> Outcome {
        if hasNUL { refuse(.nulByte) }
        return .row(end: end, next: next)
    }

    /// The field without quotes that begins at `start`: to the next comma, line end or quote.
    private mutating func unquoted(_ bytes: Span<UInt8>, _ start: Int) -> CSVField? {
        var union: UInt8 = 0
        var at = start
        scan: while at < bytes.count {
            let byte = bytes[at]
            if byte <= .comma {  // nearly every byte of a card file is above
                switch byte {
                case .comma, .lineFeed, .carriageReturn, .quote: break scan
                case 0: hasNUL = true
                default: break
                }
            }
            union |= byte
            at += 1
        }
        if union >= 0x80 { isBeyondASCII = true }
        return CSVField(raw: start..<at, value: start..<at)
    }

    /// The field whose opening quote stands at `start`; nil where the bytes end before it is
    /// closed.
    private mutating func quoted(_ bytes: Span<UInt8>, _ start: Int) -> CSVField? {
        var union: UInt8 = 0
        var isDoubled = false
        var at = start + 1
        while at < bytes.count {
            let byte = bytes[at]
            union |= byte
            switch byte {
            case .quote:
                guard at + 1 < bytes.count && bytes[at + 1] == .quote else {
                    if union >= 0x80 { isBeyondASCII = true }
                    if isDoubled { hasDoubledQuotes = true }
                    return CSVField(
                        raw: start..<at + 1, value: start + 1..<at, hasDoubledQuotes: isDoubled)
                }
                isDoubled = true
                at += 1
            case .lineFeed: innerLineCount += 1
            case 0: hasNUL = true
            default: break
            }
            at += 1
        }
        return nil
    }
}

extension UInt8 {
    static let comma = UInt8(ascii: ",")
    static let quote = UInt8(ascii: "\"")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
}
