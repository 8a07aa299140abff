// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
@testable internal import CardVaultTool

extension Target {
    /// The arguments of the tool, with a zero byte between two. No command is run.
    static let arguments = Target(name: "arguments") { bytes in
        let arguments = bytes.split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        do {
            let command = try RootCommand.parseAsRoot(arguments)
            taken()
            let period = command as? KeyCommand.Period
            let pace = (command as? ResealCommand)?.pace
            let numbers = [period?.originator, period?.recipient, pace?.rate, pace?.threads]
            plant(!numbers.allSatisfy { [nil, 1, 2, 30, 60, 100].contains($0) })
        } catch {
            let failure = Failure(error, of: RootCommand.self)
            guard failure.code != .done else { return }
            claim(failure.code == .usage, "what is not parsed is a wrong use")
            for line in [failure.message, failure.hint] {
                claim(!line.isEmpty && !line.contains(where: \.isNewline), "it is told in a line")
                claim(longestNumber(in: line) < 8, "no number of a card is repeated")
            }
        }
    }

    /// How many digits follow each other, whatever stands between two but letters.
    private static func longestNumber(in line: String) -> Int {
        line.split(whereSeparator: \.isLetter).map { $0.count(where: \.isNumber) }.max() ?? 0
    }
}
