// SPDX-License-Identifier: Apache-2.0
import Foundation

@testable import CardVaultTool

/// The audit log as its tests meet it.
extension ToolVault {
    static let evidence =
        "Keep the files as evidence, find out who could write them, and look at other copies."

    /// The place of the last entry.
    func lastEntry() throws -> Int64 { try query("SELECT max(sequence) FROM audit") }

    /// What a check of the log, or of an export, says.
    func verify(_ options: String...) throws -> Tool.Transcript {
        try Tool.run(
            ["audit", "verify", "--passphrase-file", "passphrase"] + options, in: scratch.path)
    }

    /// Asks for the card number of the card that is there.
    func detokenize(_ options: [String]) throws -> Tool.Transcript {
        try Tool.run(
            ["detokenize", token, "--passphrase-file", "passphrase"] + options, in: scratch.path)
    }

    /// Puts another copy in the place of the store.
    func replaceStore(by copy: [UInt8]) throws {
        for name in ["cards.db-wal", "cards.db-shm"] where scratch.read(name) != nil {
            try FileManager.default.removeItem(atPath: scratch.file(name))
        }
        try scratch.write(copy, to: "cards.db")
    }

    /// The permissions of a file.
    func mode(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: scratch.file(name))[.posixPermissions]
            as? Int
    }
}

extension Tool.Transcript {
    /// The run of a check that found a fault, with its JSON where that was asked for.
    static func fault(_ message: String, output: String = "") -> Tool.Transcript {
        .refusal(5, message, ToolVault.evidence, output: output)
    }
}

/// A copy of the vault that release 0.1.0 left.
struct GoldenFiles {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../Golden/0.1.0")
        for name in ["keyring.json", "cards.db", "passphrase.txt"] {
            try scratch.write(Data(contentsOf: folder.appending(path: name)), to: name)
        }
    }

    /// Runs the tool on it.
    func run(_ arguments: String...) throws -> Tool.Transcript {
        try Tool.run(arguments + ["--passphrase-file", "passphrase.txt"], in: scratch.path)
    }
}
