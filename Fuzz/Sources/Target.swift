// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// A parser that meets bytes from outside, and what must hold of it whatever they are.
struct Target: Sendable {
    let name: String
    let check: @Sendable ([UInt8]) -> Void

    static let all = [
        pan, track1, track2, csv, box, keyring, token, manifest, arguments,
    ]
}

/// Ends the process, as a finding, unless what is claimed holds.
func claim(_ holds: Bool, _ what: StaticString) {
    guard !holds else { return }
    print("REFUTED: \(what)")
    fflush(nil)
    abort()
}

/// How many inputs a parser took, which is printed at the end: claims of what is taken show nothing
/// where nothing is.
private nonisolated(unsafe) var takenCount = 0

/// Counts an input that its parser took.
func taken() { takenCount += 1 }

/// Prints, when the process ends, how many inputs were taken.
func printTakenCount() { atexit { print("taken: \(takenCount)") } }

/// Whether the faults that are planted in the targets are there.
private let isPlanted = getenv("CARD_VAULT_FUZZ_PLANT") != nil

/// A fault made on purpose, which a run with planted faults must find.
func plant(_ isReached: @autoclosure () -> Bool) {
    claim(!isPlanted || !isReached(), "this fault is planted")
}

/// The value of a fixture, which nothing from outside can spoil.
func fixture<Value: ~Copyable>(_ make: () throws -> Value) -> Value {
    do { return try make() } catch {
        print("a fixture cannot be made: \(error)")
        exit(2)
    }
}
