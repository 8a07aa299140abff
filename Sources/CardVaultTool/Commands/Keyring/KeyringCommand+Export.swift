// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault

extension KeyringCommand {
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copy the keyring to a file, and register the copy.",
            discussion: "Keep it in another place than the copies of the store.")

        @OptionGroup var options: VaultOptions
        @Argument(help: "The file to write.") var file: String

        func validate() throws {
            guard !file.isEmpty else { throw ValidationError("A file needs a name.") }
        }

        func run() async throws {
            let vault = try await options.openVault()
            guard try !FileName.exists(file) else { throw ToolError.copyExists(file) }
            let copy = CopyReport(try await vault.exportKeyring(to: file))
            guard !options.json else { return try Report.json(copy) }
            Report.line("Copied the keyring to \(file). The copy is registered as \(copy.id).")
        }
    }
}

/// A registered copy of the keyring.
struct CopyReport: Encodable {
    static let titles = ["COPY", "CREATED", "GENERATION", "DESTROYED"]

    let id: String
    let created: String
    let generation: UInt64
    let destroyed: Nullable<String>

    init(_ copy: KeyringCopy) {
        id = copy.id.description
        created = copy.created.iso8601
        generation = copy.generation
        destroyed = Nullable(copy.destroyed?.iso8601)
    }

    var cells: [String] { [id, created, String(generation), destroyed.value ?? "-"] }
}
