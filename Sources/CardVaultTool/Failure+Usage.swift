// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

extension Failure {
    /// What the argument parser says: help that was asked for, or a wrong use.
    init(parsing error: any Error, of command: (some ParsableCommand).Type) {
        let text = command.fullMessage(for: error)
        if command.exitCode(for: error) == .success {
            self.init(.done, text, hint: "")
            return
        }
        // The parser's last line names the help of the command in question.
        let last = text.split(separator: "\n").last?.drop { $0 == " " } ?? ""
        let line = String(command.message(for: error).map { $0.isNewline ? " " : $0 })
        self.init(
            .usage, withoutNumbers(line),
            hint: last.hasPrefix("See ") ? String(last) : "See 'card-vault --help'.")
    }
}

/// A text that repeats an argument, less every number in it that could be a card's.
func withoutNumbers(_ text: String) -> String {
    var line = ""
    var number = ""
    func endNumber() {
        line += number.count(where: \.isNumber) < 8 ? number : "…"
        number = ""
    }
    for character in text {
        if character.isNumber || (!number.isEmpty && !character.isLetter) {
            number.append(character)
        } else {
            endNumber()
            line.append(character)
        }
    }
    endNumber()
    return line
}
