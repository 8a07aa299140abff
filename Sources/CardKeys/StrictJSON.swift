// SPDX-License-Identifier: Apache-2.0

/// The small part of JSON (RFC 8259) that a keyring file is written in.
///
/// Objects, arrays, strings of printable ASCII without escapes, and integers from 0 to 2^63 - 1. A
/// general decoder sees neither duplicate keys nor depth; this one refuses both.
package enum StrictJSON {
    case object([String: StrictJSON])
    case array([StrictJSON])
    case string(String)
    case integer(UInt64)

    /// How deep objects and arrays may lie in one another.
    static let depthLimit = 4
    /// How many elements an array has at most: several keys for each of 16,384 scopes.
    static let elementLimit = 131_072
    /// How many members an object may have: no object of the file has as many.
    static let memberLimit = 16

    /// Why a text was refused, by the offset of the first byte that does not fit.
    package struct SyntaxError: Error, Equatable {
        package let offset: Int
    }

    /// Parses one value and nothing after it but white space.
    package static func parse(_ text: ArraySlice<UInt8>) throws(SyntaxError) -> StrictJSON {
        var parser = StrictJSONParser(text)
        let value = try parser.value(depth: 0)
        try parser.end()
        return value
    }
}

private struct StrictJSONParser {
    private let text: ArraySlice<UInt8>
    private var next: Int

    init(_ text: ArraySlice<UInt8>) {
        self.text = text
        next = text.startIndex
    }

    private var failure: StrictJSON.SyntaxError {
        StrictJSON.SyntaxError(offset: next - text.startIndex)
    }

    private mutating func skipWhiteSpace() {
        while next < text.endIndex, text[next] == 0x20 || text[next] == 0x0a { next += 1 }
    }

    /// Whether the next byte that is not white space is `character`; if so, steps over it.
    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skipWhiteSpace()
        guard next < text.endIndex, text[next] == UInt8(ascii: character) else { return false }
        next += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(StrictJSON.SyntaxError) {
        guard skip(character) else { throw failure }
    }

    mutating func end() throws(StrictJSON.SyntaxError) {
        skipWhiteSpace()
        guard next == text.endIndex else { throw failure }
    }

    mutating func value(depth: Int) throws(StrictJSON.SyntaxError) -> StrictJSON {
        if skip("{") { return .object(try members(depth: depth + 1)) }
        if skip("[") { return .array(try elements(depth: depth + 1)) }
        if skip("\"") { return .string(try restOfString()) }
        return .integer(try integer())
    }

    private mutating func members(
        depth: Int
    ) throws(StrictJSON.SyntaxError) -> [String: StrictJSON] {
        guard depth <= StrictJSON.depthLimit else { throw failure }
        var members: [String: StrictJSON] = [:]
        if skip("}") { return members }
        repeat {
            try expect("\"")
            let key = try restOfString()
            guard members[key] == nil, members.count < StrictJSON.memberLimit else { throw failure }
            try expect(":")
            members[key] = try value(depth: depth)
        } while skip(",")
        try expect("}")
        return members
    }

    private mutating func elements(depth: Int) throws(StrictJSON.SyntaxError) -> [StrictJSON] {
        guard depth <= StrictJSON.depthLimit else { throw failure }
        var elements: [StrictJSON] = []
        if skip("]") { return elements }
        repeat {
            guard elements.count < StrictJSON.elementLimit else { throw failure }
            elements.append(try value(depth: depth))
        } while skip(",")
        try expect("]")
        return elements
    }

    private mutating func restOfString() throws(StrictJSON.SyntaxError) -> String {
        let start = next
        while next < text.endIndex, text[next] != UInt8(ascii: "\"") {
            guard (0x20...0x7e).contains(text[next]), text[next] != UInt8(ascii: "\\") else {
                throw failure
            }
            next += 1
        }
        guard next < text.endIndex else { throw failure }
        defer { next += 1 }
        return String(decoding: text[start..<next], as: UTF8.self)
    }

    private mutating func integer() throws(StrictJSON.SyntaxError) -> UInt64 {
        let start = next
        var value: UInt64 = 0
        while next < text.endIndex, (0x30...0x39).contains(text[next]) {
            let digit = UInt64(text[next] - 0x30)
            guard value <= (UInt64(Int64.max) - digit) / 10 else { throw failure }
            value = value * 10 + digit
            next += 1
        }
        let hasLeadingZero = next - start > 1 && text[start] == 0x30
        guard next > start, !hasLeadingZero else { throw failure }
        return value
    }
}
