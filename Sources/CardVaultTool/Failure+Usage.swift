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
        self.init(
            .usage, withoutNumbers(command.message(for: error)),
            hint: last.hasPrefix("See ") ? String(last) : "See 'card-vault --help'.")
    }
}

/// A message that repeats an argument as one line, less every number that could be a card's.
func withoutNumbers(_ message: String) -> String {
    var line = ""
    var number = ""
    func endNumber() {
        line += number.count(where: \.isNumber) < 8 ? number : "…"
        number = ""
    }
    for character in message {
        if character.isNumber || (!number.isEmpty && " -".contains(character)) {
            number.append(character)
        } else {
            endNumber()
            line.append(character.isNewline ? " " : character)
        }
    }
    endNumber()
    return line
}
