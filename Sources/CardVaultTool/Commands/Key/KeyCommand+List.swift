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
            let keys = try await options.openVault().keyList().map(Row.init)
            guard !options.json else { return try Report.json(["keys": keys]) }
            Report.table(
                ["KEY", "KCV", "PURPOSE", "SCOPE", "SUITE", "NO", "STATE", "FENCE", "CREATED"],
                keys.map {
                    [
                        String($0.id.prefix(16)), $0.kcv ?? "-", $0.purpose, $0.scope.value ?? "-",
                        $0.suite, String($0.sequence), $0.state, $0.fence ?? "-", $0.created,
                    ]
                })
        }

        private struct Row: Encodable {
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
        }
    }
}
