// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// The published vectors under `Tests/Vectors`.
public enum Vectors {
    /// Decodes one vector file.
    ///
    /// - Parameters:
    ///   - path: the file below `Tests/Vectors`, with its ending: `cards/luhn_exercism.json`.
    ///   - type: what the file's object decodes to; fields that it leaves out are ignored.
    public static func load<T: Decodable>(_ path: String, as type: T.Type) throws -> T {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = tests.appending(path: "Vectors").appending(path: path)
        return try JSONDecoder().decode(type, from: Data(contentsOf: file))
    }
}

/// Hexadecimal text that is not whole bytes.
public struct HexError: Error {
    /// The text as it was given.
    public let text: String
}

/// Reads hexadecimal digits of either case, two a byte, without separators.
public func bytes(hex text: String) throws(HexError) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else {
        throw HexError(text: text)
    }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// Prints `bytes` as lower-case hexadecimal digits, two a byte.
public func hex(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }.joined()
}
