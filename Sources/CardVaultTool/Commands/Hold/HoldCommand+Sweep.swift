// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault

extension HoldCommand {
    struct Sweep: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove every card and hold whose time is over.")

        @OptionGroup var options: VaultOptions

        func run() async throws {
            let (cards, holds) = try await options.openVault().sweep()
            guard !options.json else {
                return try Report.json(["cards": cards, "holds": holds])
            }
            Report.line("Removed because their time was over: cards: \(cards), holds: \(holds).")
        }
    }
}
