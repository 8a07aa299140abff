// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardCrypto
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

        @Option(help: "What seals its cards (default: the faster one on this machine).")
        var suite: SealingSuite?

        func validate() throws {
            guard ScopeID(id) != nil else { throw ScopeCommand.badName }
        }

        func run() async throws {
            guard let scope = ScopeID(id) else { throw ScopeCommand.badName }
            try await options.openVault().addScope(
                scope, tokens: randomTokens ? .random : .timeOrdered,
                suite: suite?.suite ?? .preferred)
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
                ["SCOPE", "CREATED", "TOKENS", "STATE"],
                scopes.map {
                    [$0.id, $0.created, $0.tokens, $0.shredded ? "shredded" : "in use"]
                })
        }

        private struct Row: Encodable {
            let id: String
            let created: String
            let tokens: String
            let shredded: Bool

            init(_ scope: KeyringScope) {
                id = scope.id.description
                created = scope.created.iso8601
                tokens = scope.tokens.rawValue
                shredded = scope.shreddedAt != nil
            }
        }
    }
}

/// A suite that seals cards, by its name. Machines without AES instructions take the second.
enum SealingSuite: String, ExpressibleByArgument, CaseIterable {
    case xaes = "xaes-256-gcm"
    case xchacha = "xchacha20-poly1305"

    var suite: Suite { self == .xaes ? .xaes256GCM : .xchacha20Poly1305 }
}
