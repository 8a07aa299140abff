// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault

struct ResealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reseal",
        abstract: "Seal every card under the latest keys, in all scopes unless one is given.",
        discussion: "Reads and writes go on meanwhile. Interrupted, it goes on when run again.")

    @OptionGroup var options: VaultOptions
    @OptionGroup var pace: ResealPace
    @Flag(help: "Count what is to be done, and write nothing.") var dryRun = false
    @Option(
        name: .customLong("overrule"),
        help: "A card that does not open, as listed, and shall keep no key from ending; repeatable."
    )
    var overruled: [String] = []

    func run() async throws {
        let rows = try overruled.map { text throws(TokenError) in try CardRow(text) }
        let vault = try await options.openVault()
        var how = pace.options
        how.isDryRun = dryRun
        for row in rows {
            switch row {
            case .token(let token): how.overruled.insert(token)
            case .row(let place): how.overruledPlaces.insert(place)
            }
        }
        let run = try await ResealRun(of: vault, options.givenScope, options, how)
        let report = try await run.finish()
        try report.print(json: options.json)
        try report.check()
    }
}

/// How fast cards are sealed anew.
struct ResealPace: ParsableArguments {
    @Option(help: "How many cards a second at most (default: no limit).") var rate: Int?
    @Option(help: "How many threads open and seal: 1 to 64.") var threads = 1

    func validate() throws {
        guard (rate ?? 1) > 0 else { throw ValidationError("--rate is 1 or more.") }
        guard (1...64).contains(threads) else { throw ValidationError("--threads is 1 to 64.") }
    }

    var options: ResealOptions {
        var options = ResealOptions()
        options.rate = rate
        options.threadCount = threads
        return options
    }
}
