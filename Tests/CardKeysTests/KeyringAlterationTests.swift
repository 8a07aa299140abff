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

    /// What a process that holds the root key says to `count` altered files.
    private func refusals(
        _ count: Int, _ alter: (_ number: Int) -> [UInt8]
    ) throws -> [KeyringError] {
        let file = try locksmith.opened()
        return (0..<count).compactMap { number in
            refusal { () throws(KeyringError) in try file.verify(alter(number)) }
        }
    }

    @Test func `is taken as it was written`() throws {
        let keyring = try locksmith.opened().verify(text)
        #expect(keyring.generation == 1)
        #expect(keyring.keys == locksmith.keyring.keys)
    }

    @Test(arguments: 0..<8) func `is refused with one bit flipped, whichever`(bit: Int) throws {
        #expect(text.count > 2_000)
        let refusals = try refusals(text.count) { offset in
            var altered = text
            altered[offset] ^= 1 << bit
            return altered
        }
        #expect(refusals.count == text.count)
        #expect(refusals.allSatisfy(Self.tellsOfAlteration))
    }

    @Test func `is refused when cut off, wherever`() throws {
        let refusals = try refusals(text.count) { Array(text[..<$0]) }
        #expect(refusals.count == text.count)
        #expect(refusals.allSatisfy { if case .malformed = $0 { true } else { false } })
    }

    @Test func `is refused without its first bytes, however many`() throws {
        let refusals = try refusals(text.count) { Array(text[($0 + 1)...]) }
        #expect(refusals.count == text.count)
    }

    @Test func `is refused with 1 to 64 bytes after its end`() throws {
        var random = SeededRandom(seed: 1)
        for tail in [
            random.bytes(count: 64), [UInt8](repeating: 0, count: 64),
            [UInt8](repeating: 0x0a, count: 64), [UInt8](repeating: 0x20, count: 64), text,
        ] {
            let refusals = try refusals(64) { text + tail[...$0] }
            #expect(refusals.count == 64)
            #expect(refusals.allSatisfy { if case .malformed = $0 { true } else { false } })
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
        let refusals = try refusals(places.count) { number in
            var altered = text
            altered.swapAt(places[number], places[number] + 1)
            return altered
        }
        #expect(refusals.count == places.count)
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

    /// Errors of reading; not those of a right file in the wrong place.
    private static func tellsOfAlteration(_ error: KeyringError) -> Bool {
        switch error {
        case .malformed, .badField, .unknownVersion, .needsUnlock: true
        default: false
        }
    }
}
