// SPDX-License-Identifier: Apache-2.0

// crash-probe make FOLDER       makes a vault with some cards, and prints them: T TOKEN
// crash-probe run FOLDER        until it is killed: detokenizes, holds and redeems. Prints a line
//                               when a plaintext is in hand, D TOKEN or R HOLD, and H HANDLE for a
//                               hold
// crash-probe drain FOLDER      redeems each handle of standard input: R HOLD, or X HOLD CODE
// crash-probe traffic FOLDER    until it is killed: tokenizes cards, finds and detokenizes them.
//                               Prints T TOKEN NUMBER for each token that it was given, and
//                               E REASON where an answer was wrong or refused
// crash-probe read FOLDER       detokenizes each token of standard input, and asks for the token of
//                               its card: D TOKEN NUMBER TOKEN, or X TOKEN CODE
//
// The programs beside this folder kill it, or the tool beside it, and look at what is left.

@main
enum Probe {
    static func main() async throws {
        let arguments = CommandLine.arguments
        precondition(arguments.count == 3, usage)
        let bench = try Bench(folder: arguments[2])
        switch arguments[1] {
        case "make": try await bench.make()
        case "run": try await bench.run()
        case "drain": try await bench.drain()
        case "traffic": try await bench.traffic()
        case "read": try await bench.read()
        default: preconditionFailure(usage)
        }
    }

    private static let usage = "usage: crash-probe make|run|drain|traffic|read FOLDER"
}
