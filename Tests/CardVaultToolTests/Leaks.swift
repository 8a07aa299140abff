// SPDX-License-Identifier: Apache-2.0

/// Finds more of a card number than its first or its last digits, which may be shown.
struct Leaks {
    /// How many digits in a row are a leak. Of seven, the times and ids in a keyring file have some
    /// by chance.
    private static let digitCount = 8
    private static let modulus = 100_000_000

    private var windows: Set<Int> = []

    /// Prepares to look for any eight digits in a row of `numbers`, spaces and hyphens apart.
    init(of numbers: [String]) {
        for number in numbers {
            Self.scan(number.utf8.filter { (0x30...0x39).contains($0) }) { windows.insert($0) }
        }
    }

    /// Whether such digits stand in `text`.
    func areIn(_ text: some Sequence<UInt8>) -> Bool {
        var isFound = false
        Self.scan(text) { isFound = isFound || windows.contains($0) }
        return isFound
    }

    private static func scan(_ text: some Sequence<UInt8>, _ body: (Int) -> Void) {
        var (run, value) = (0, 0)
        for byte in text {
            guard (0x30...0x39).contains(byte) else {
                run = 0
                continue
            }
            (run, value) = (run + 1, (value * 10 + Int(byte - 0x30)) % modulus)
            if run >= digitCount { body(value) }
        }
    }
}

extension ToolVault {
    /// The streams and files in which one of `numbers` can be read; `inputs` are files that may.
    func leaks(
        of numbers: [String], in run: Tool.Transcript, besides inputs: [String] = []
    ) throws -> [String] {
        var places = try files().filter { !inputs.contains($0.key) }
        places["standard output"] = Array(run.output.utf8)
        places["standard error"] = Array(run.error.utf8)
        let leaks = Leaks(of: numbers)
        return places.filter { leaks.areIn($0.value) }.map(\.key)
    }
}
