// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

/// The option of commands that ask before they do what cannot be undone.
struct Confirmation: ParsableArguments {
    @Flag(help: "Do not ask: for jobs.") var yes = false

    /// Asks for a typed `yes`, unless the option is given.
    ///
    /// - Throws: ``ToolError``: `notConfirmed`, `cannotAsk`, `interrupted`.
    func require() throws(ToolError) {
        guard !yes else { return }
        try Self.ask(for: "yes", orGive: "--yes")
    }

    /// Asks at the terminal for a word, exactly.
    ///
    /// - Parameters:
    ///   - word: what must be typed.
    ///   - option: what does without a terminal.
    static func ask(for word: String, orGive option: String) throws(ToolError) {
        guard let terminal = try? Terminal() else { throw .cannotAsk(option: option) }
        guard try terminal.readLine("Type '\(word)' to go on: ") == word else {
            throw .notConfirmed
        }
    }
}
