// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardCrypto
internal import CardVault

extension KeyCommand {
    struct Period: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how long keys may be used, or set it for those of a purpose.")

        @OptionGroup var options: VaultOptions
        @Argument(help: "The purpose to set a period for.") var purpose: RotatedKey?
        @Option(help: "Days from its activation in which a key may seal.") var originator: Int?
        @Option(help: "Days from its activation in which what it sealed may be opened.")
        var recipient: Int?

        func validate() throws {
            guard purpose?.purpose != nil || purpose == nil else {
                throw ValidationError("The root key has no period.")
            }
            let parts = [purpose != nil, originator != nil, recipient != nil]
            guard Set(parts).count == 1 else {
                throw ValidationError("Give a purpose, --originator and --recipient together.")
            }
            guard purpose == nil || period != nil else {
                throw ValidationError(
                    "Periods are 1 to 36,500 days, and --recipient no less than --originator.")
            }
        }

        func run() async throws {
            let vault = try await options.openVault()
            if let purpose = purpose?.purpose, let period {
                try await vault.setPeriod(period, of: purpose)
            }
            let periods = vault.cryptoperiods
            let rows = RotatedKey.allCases.compactMap(\.purpose).map { Row($0, periods[$0]) }
            guard !options.json else { return try Report.json(["periods": rows]) }
            Report.table(["PURPOSE", "SEALS", "OPENS"], rows.map(\.cells))
        }

        private var period: Cryptoperiod? {
            guard let originator, let recipient else { return nil }
            return Cryptoperiod(originatorDays: originator, recipientDays: recipient)
        }

        private struct Row: Encodable {
            let purpose: String
            let originatorDays: Int
            let recipientDays: Int

            init(_ purpose: KeyPurpose, _ period: Cryptoperiod) {
                self.purpose = purpose.description
                originatorDays = period.originatorDays
                recipientDays = period.recipientDays
            }

            var cells: [String] { [purpose, "\(originatorDays) d", "\(recipientDays) d"] }
        }
    }
}
