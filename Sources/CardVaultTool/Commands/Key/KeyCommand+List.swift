// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardCrypto
internal import CardVault

extension KeyCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List every key: what it is for, and in which state.")

        @OptionGroup var options: VaultOptions

        func run() async throws {
            let vault = try await options.openVault()
            let keys = try await vault.keyList().map(Row.init)
            if options.json {
                try Report.json(["keys": keys])
            } else {
                Report.table(Row.titles, keys.map(\.cells))
            }
            try await vault.requireWholeScopes()
        }

        private struct Row: Encodable {
            static let titles = [
                "KEY", "KCV", "PURPOSE", "SCOPE", "SUITE", "NO", "STATE", "FENCE", "CREATED",
            ]

            let id: String
            let kcv: String?
            let purpose: String
            let scope: Nullable<String>
            let suite: String
            let sequence: UInt64
            let state: String
            let fence: String?
            let created: String

            init(_ listed: ListedKey) {
                id = listed.key.id.description
                kcv = listed.checkValue?.description
                purpose = listed.key.purpose.description
                scope = Nullable(listed.key.scope?.description)
                suite = listed.key.suite.description
                sequence = listed.key.sequence
                state = listed.key.state.description
                fence = listed.fence?.rawValue
                created = listed.key.dates.created.iso8601
            }

            var cells: [String] {
                [
                    String(id.prefix(16)), kcv ?? "-", purpose, scope.value ?? "-", suite,
                    String(sequence), state, fence ?? "-", created,
                ]
            }
        }
    }
}
