// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
public import CardVault

extension KeyringCommand {
    struct Copies: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look after the register of copies.",
            subcommands: [List.self, Destroyed.self])

        struct List: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "List every copy that was exported.")

            @OptionGroup var options: VaultOptions

            func run() async throws {
                let copies = try await options.openVault().keyringCopies.map(CopyReport.init)
                guard !options.json else { return try Report.json(["copies": copies]) }
                Report.table(CopyReport.titles, copies.map(\.cells))
            }
        }

        struct Destroyed: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Confirm that a copy was destroyed, wherever it was.")

            @OptionGroup var options: VaultOptions
            @Argument(help: "The copy, as it is listed.") var copy: CopyID

            func run() async throws {
                let vault = try await options.openVault()
                try await vault.confirmDestroyed(copy)
                let pending = vault.scopeList.filter { !vault.pendingCopies(of: $0.id).isEmpty }
                    .map(\.id.description)
                guard !options.json else {
                    return try Report.json(Confirmed(copy: copy.description, pending: pending))
                }
                Report.line("The copy \(copy) is on record as destroyed.")
                for scope in pending { Report.line("Copies still have the key of \(scope).") }
            }

            private struct Confirmed: Encodable {
                let copy: String
                let pending: [String]
            }
        }
    }
}

extension CopyID: ExpressibleByArgument {
    /// The copy of that name.
    public init?(argument: String) { self.init(argument) }
}
