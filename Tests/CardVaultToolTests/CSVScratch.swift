// SPDX-License-Identifier: Apache-2.0
import Foundation

@testable import CardVaultTool

/// A folder for one test, removed when dropped.
final class Scratch {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("card-vault-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
    }

    /// The path of a file in the folder.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file and returns its path.
    @discardableResult
    func write(_ bytes: some Sequence<UInt8>, to name: String = "in.csv") throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    /// The bytes of a file; nil where it is not there.
    func read(_ name: String) -> [UInt8]? {
        FileManager.default.contents(atPath: file(name)).map { [UInt8]($0) }
    }

    /// The text of a file.
    func text(_ name: String) -> String? { read(name).map { String(decoding: $0, as: UTF8.self) } }

    /// The names of all files, sorted.
    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Generous limits for small files.
let smallLimits = CSVLimits(columnCount: 64, rowByteCount: 4000)

/// The rows of a file with these bytes.
func rows(
    _ bytes: some Sequence<UInt8>, from position: CSVPosition = .start,
    limits: CSVLimits = smallLimits
) throws -> [SeenRow] {
    let scratch = try Scratch()
    return try rows(at: try scratch.write(bytes), from: position, limits: limits)
}

/// The rows of a file.
func rows(
    at path: String, from position: CSVPosition = .start, limits: CSVLimits = smallLimits
) throws -> [SeenRow] {
    var reader = CSVReader(try OpenFile.reading(path), from: position, limits: limits)
    return try reader.all()
}

/// The small generator of Sebastiano Vigna's SplitMix64, so that every run draws the same.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
