// SPDX-License-Identifier: Apache-2.0
internal import CMemcheck

/// Runs one operation on secrets, for valgrind to watch or the clock to time.
///
///     ConstantTimeCheck list
///     ConstantTimeCheck run NAME
///     ConstantTimeCheck time SAMPLES
@main
struct ConstantTimeCheck {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch (arguments.first, arguments.last) {
        case ("list", _):
            for operation in Operation.all { print("\(operation.kind)\t\(operation.name)") }
        case ("run", let name?):
            guard let operation = Operation.all.first(where: { $0.name == name }) else {
                preconditionFailure("no such operation")
            }
            try operation.run()
            // How much of what was secret came to its end: an operation of which nothing did
            // has shown nothing.
            print("released \(memcheck_released_count())")
        case ("time", let count?):
            guard let count = Int(count), count >= 1_000 else {
                preconditionFailure("samples: a number, at least 1000")
            }
            for subject in try Timing.subjects {
                let t = subject.largestT(samples: count)
                print("\(subject.kind)\t\(subject.name)\t\(count)\t\(t)")
            }
        default:
            preconditionFailure("usage: list, run NAME or time SAMPLES")
        }
    }
}
