// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// Puts what a call gives, or why it gives nothing, into words: all that a program could print.
struct Teller: ~Copyable {
    /// Whether values are dumped too, which takes longest.
    let isDumping: Bool
    private var text = ""

    init(isDumping: Bool) { self.isDumping = isDumping }

    mutating func tell(_ value: some Any) {
        print(value, to: &text)
        debugPrint(value, to: &text)
        if isDumping { dump(value, to: &text) }
    }

    /// A text, which prints in one way only.
    mutating func tell(line: String) { print(line, to: &text) }

    /// A call that gives something printable. Not of the name above: a call is a value too.
    mutating func call(_ body: () async throws -> some Any) async {
        do { tell(try await body()) } catch { tell(error: error) }
    }

    /// A call that gives something of a card, which does not print.
    mutating func tellRefusal(_ body: () async throws -> Void) async {
        do { try await body() } catch { tell(error: error) }
    }

    private mutating func tell(error: any Error) {
        tell(error)
        tell(line: error.localizedDescription)
    }

    /// Prints all of it at once.
    deinit { FileHandle.standardOutput.write(Data(text.utf8)) }
}
