// SPDX-License-Identifier: Apache-2.0
@testable internal import CardKeys
internal import TestSupport
internal import Testing

@Suite("Altered keyring file") struct KeyringAlterationTests {
    let locksmith: Locksmith
    let text: [UInt8]

    init() throws {
        locksmith = try Locksmith.shared.get()
        text = locksmith.file(locksmith.keyring)
    }

    /// Counts altered files, which a process that holds the root key refuses.
    private func refuse(
        _ files: some Collection<[UInt8]>, _ tally: Tally,
        by isRight: (KeyringError) -> Bool = { _ in true }
    ) throws {
        let file = try locksmith.opened()
        var tally = tally
        for (number, altered) in files.enumerated() {
            let refusal = refusal { () throws(KeyringError) in try file.verify(altered) }
            tally.count(refused: refusal.map(isRight) ?? false, "\(number)")
        }
        try tally.report(of: files.count)
    }

    @Test func `is taken as it was written`() throws {
        let keyring = try locksmith.opened().verify(text)
        #expect(keyring.generation == 1)
        #expect(keyring.keys == locksmith.keyring.keys)
    }

    @Test func `is refused with one bit flipped, whichever`() throws {
        #expect(text.count > 2_000)
        try refuse(
            Alterations.flips(of: text), Tally("every bit of a keyring file"),
            by: Self.tellsOfAlteration)
    }

    @Test func `is refused when cut off, wherever`() throws {
        try refuse(
            Alterations.cuts(of: text), Tally("every truncation of a keyring file"),
            by: Self.isMalformed)
    }

    @Test func `is refused without its first bytes, however many`() throws {
        try refuse(
            text.indices.lazy.map { Array(text[($0 + 1)...]) },
            Tally("a keyring file without its first bytes"))
    }

    @Test func `is refused with 1 to 64 bytes after its end`() throws {
        var random = SeededRandom(seed: 1)
        for tail in [
            random.bytes(count: 64), [UInt8](repeating: 0, count: 64),
            [UInt8](repeating: 0x0a, count: 64), [UInt8](repeating: 0x20, count: 64), text,
        ] {
            try refuse(
                Alterations.tails(of: text, tail), Tally("1 to 64 bytes after a keyring file"),
                by: Self.isMalformed)
        }
    }

    @Test func `is refused with its code twice`() throws {
        let line = text.suffix(49)
        #expect(line.starts(with: "mac: ".utf8))
        let file = try locksmith.opened()
        #expect(
            refusal { () throws(KeyringError) in try file.verify(text + line) }
                == .malformed(offset: text.count - line.count))
    }

    @Test func `is refused with two characters swapped, wherever they differ`() throws {
        let places = text.indices.dropLast().filter { text[$0] != text[$0 + 1] }
        let swapped = places.lazy.map { place in
            var altered = text
            altered.swapAt(place, place + 1)
            return altered
        }
        try refuse(swapped, Tally("two characters of a keyring file swapped"))
    }

    @Test func `is refused with the code of another text`() throws {
        let other = locksmith.file(locksmith.keyring(generation: 2))
        let altered = text.dropLast(49) + other.suffix(49)
        let file = try locksmith.opened()
        #expect(
            refusal { () throws(KeyringError) in try file.verify(Array(altered)) } == .needsUnlock)
    }

    @Test func `is refused with white space that changes nothing`() throws {
        let altered = [UInt8(ascii: " ")] + text
        let file = try locksmith.opened()
        #expect(refusal { () throws(KeyringError) in try file.verify(altered) } == .needsUnlock)
    }

    private static func isMalformed(_ error: KeyringError) -> Bool {
        if case .malformed = error { true } else { false }
    }

    /// Errors of reading; not those of a right file in the wrong place.
    private static func tellsOfAlteration(_ error: KeyringError) -> Bool {
        switch error {
        case .malformed, .badField, .unknownVersion, .needsUnlock: true
        default: false
        }
    }
}
