// SPDX-License-Identifier: Apache-2.0
internal import TestSupport

/// Bytes that a vector file has as hexadecimal text.
struct Hex: Decodable {
    let bytes: [UInt8]

    init(from decoder: any Decoder) throws {
        bytes = try TestSupport.bytes(hex: decoder.singleValueContainer().decode(String.self))
    }
}

/// A vector file that is one list of rows.
struct Rows<Row: Decodable>: Decodable {
    let tests: [Row]

    /// The rows of the file at `path` below `Tests/Vectors`.
    static func of(_ path: String) throws -> [Row] {
        try Vectors.load(path, as: Rows.self).tests
    }
}
