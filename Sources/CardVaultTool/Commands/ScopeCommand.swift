// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault

struct ScopeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scope", abstract: "Make and list scopes.",
        subcommands: [Add.self, List.self])

    static let badName = ValidationError(
        "A scope has 1 to 64 characters of a-z, 0-9, '.', '_', '-'.")

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a scope, or complete one whose making was cut off.")

        @OptionGroup var options: VaultOptions
        @Argument(help: "The name of the scope.") var id: String
        @Flag(help: "Opaque tokens of 128 random bits, which do not show when a card was stored.")
        var randomTokens = false

        func validate() throws {
            guard ScopeID(id) != nil else { throw ScopeCommand.badName }
        }

        func run() async throws {
            guard let scope = ScopeID(id) else { throw ScopeCommand.badName }
            try await options.openVault().addScope(
                scope, tokens: randomTokens ? .random : .timeOrdered)
            guard !options.json else { return try Report.json(["scope": id]) }
            Report.line("Made the scope \(id).")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the scopes.")

        @OptionGroup var options: VaultOptions

        func run() async throws {
            let scopes = try await options.openVault().scopeList.map(Row.init)
            guard !options.json else { return try Report.json(["scopes": scopes]) }
            Report.table(
                ["SCOPE", "CREATED", "TOKENS"], scopes.map { [$0.id, $0.created, $0.tokens] })
        }

        private struct Row: Encodable {
            let id: String
            let created: String
            let tokens: String

            init(_ scope: KeyringScope) {
                id = scope.id.description
                created = scope.created.iso8601
                tokens = scope.tokens.rawValue
            }
        }
    }
}
