// SPDX-License-Identifier: Apache-2.0

// secret-probe make FOLDER        makes a vault; its passphrase is in the folder
// secret-probe memory FOLDER      works with the card numbers of the folder; says a word and waits
//                                 for a line when its memory is to be looked at: open, locked,
//                                 dropped, and leaked, with copies that must be found
// secret-probe hold FOLDER        holds a track and redeems it; says a word and waits for a line:
//                                 held, redeemed, checkpointed, used
// secret-probe canaries FOLDER    takes the numbers through every call, and prints what it gets;
//                                 says “worked” and waits for a line while the store is open
// secret-probe crash FOLDER       crashes, a register pointing at the passphrase
// secret-probe hardened FOLDER    the same, hardened
//
// `scripts/secrets` runs it, and looks for what must be nowhere.

@main
enum Probe {
    static func main() async throws {
        let arguments = CommandLine.arguments
        precondition(arguments.count == 3, "usage: secret-probe COMMAND FOLDER")
        let bench = Bench(folder: arguments[2])
        switch arguments[1] {
        case "make": try await bench.make()
        case "memory": try await bench.showMemory()
        case "hold": try await bench.hold()
        case "canaries": try await bench.showCanaries()
        case "crash": try bench.crash(isHardened: false)
        case "hardened": try bench.crash(isHardened: true)
        default: preconditionFailure("no such command")
        }
    }
}
