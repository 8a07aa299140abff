// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// A new folder for one test, removed when dropped. Hold it in the suite: a local one may be
/// dropped after its last use.
final class Scratch: Sendable {
    let folder: String

    init() throws {
        folder =
            FileManager.default.temporaryDirectory
            .appending(path: "card-keys-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Where the file named `name` is.
    func path(_ name: String = "keyring.json") -> String { "\(folder)/\(name)" }

    /// The names in the folder, in order.
    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    /// Writes a file in place.
    func write(_ bytes: [UInt8], to name: String = "keyring.json") throws {
        try Data(bytes).write(to: URL(filePath: path(name)))
    }

    /// What is in a file.
    func bytes(of name: String = "keyring.json") throws -> [UInt8] {
        try Array(Data(contentsOf: URL(filePath: path(name))))
    }

    /// Who may do what with a file: the lowest 9 bits of its mode.
    func permissions(of name: String = "keyring.json") throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path(name))[.posixPermissions] as? Int
    }

    /// Makes a symbolic link.
    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: path(name), withDestinationPath: path(target))
    }

    /// Makes a folder.
    func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: path(name), withIntermediateDirectories: false)
    }
}
