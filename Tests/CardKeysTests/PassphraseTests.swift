// SPDX-License-Identifier: Apache-2.0
@testable internal import CardKeys
internal import Foundation
internal import SecretMemory
internal import TestSupport
internal import Testing

@Suite("Passphrase") struct PassphraseTests {
    /// What a passphrase made of `text` lends.
    private func lent(_ text: [UInt8]) throws(PassphraseError) -> [UInt8] {
        copy(try Passphrase(text.span))
    }

    private func copy(_ passphrase: borrowing Passphrase) -> [UInt8] {
        passphrase.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    @Test(arguments: [12, 13, 64, 1_023, 1_024]) func `takes 12 to 1,024 characters`(
        count: Int
    ) throws {
        let text = Array("a1".utf8) + [UInt8](repeating: 0x20, count: count - 2)
        #expect(try lent(text) == text)
    }

    @Test(arguments: [0, 1, 11, 1_025, 5_000]) func `refuses other counts`(count: Int) {
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: count)
        #expect(throws: PassphraseError.length(count)) { try lent(text) }
    }

    @Test(arguments: [11, 1_025]) func `counts without a final newline`(count: Int) {
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: count) + [0x0a]
        #expect(throws: PassphraseError.length(count)) { try lent(text) }
    }

    @Test(arguments: [12, 1_024]) func `removes one final newline`(count: Int) throws {
        let text = Array("1".utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: count - 1)
        #expect(try lent(text + [0x0a]) == text)
    }

    @Test func `removes no second newline, and no other one`() {
        let text = Array("correct horse 1".utf8)
        #expect(throws: PassphraseError.notPrintable(offset: 15)) { try lent(text + [0x0a, 0x0a]) }
        #expect(throws: PassphraseError.notPrintable(offset: 15)) { try lent(text + [0x0d, 0x0a]) }
        #expect(throws: PassphraseError.notPrintable(offset: 0)) { try lent([0x0a] + text) }
    }

    @Test(arguments: [0, 7, 14]) func `takes printable ASCII alone`(offset: Int) {
        let text = Array("correct horse 1".utf8)
        let accepted = (UInt8.min...UInt8.max).filter { byte in
            var altered = text + Array("a1".utf8)
            altered[offset] = byte
            do throws(PassphraseError) {
                return try lent(altered) == altered
            } catch {
                return error != .notPrintable(offset: offset)
            }
        }
        #expect(accepted == Array(0x20...0x7e))
    }

    @Test(arguments: [
        "aaaaaaaaaaaa", "111111111111", "            ", "@[`{/:@[`{/:", "@[`{/:@[`{/:a",
        "1@[`{/:@[`{/:",
        "one two three four",
    ]) func `refuses a text without a letter or without a digit`(text: String) {
        #expect(throws: PassphraseError.tooUniform) { try lent(Array(text.utf8)) }
    }

    @Test(arguments: ["a", "z", "A", "Z"], ["0", "9"])
    func `finds a letter and a digit`(letter: String, digit: String) throws {
        let text = Array("----------\(letter)\(digit)".utf8)
        #expect(try lent(text) == text)
    }

    @Test func `generates 26 characters of Crockford's alphabet in groups`() throws {
        for _ in 0..<200 {
            let text = String(decoding: copy(try Passphrase.generate()), as: UTF8.self)
            let groups = text.split(separator: "-", omittingEmptySubsequences: false)
            #expect(text.utf8.count == 30)
            #expect(groups.map(\.count) == [5, 5, 5, 5, 6])
            #expect(groups.joined().utf8.allSatisfy { Crockford.value(of: $0) != nil })
        }
    }

    @Test func `takes what it generates`() throws {
        for _ in 0..<200 {
            let text = copy(try Passphrase.generate())
            #expect(try lent(text) == text)
        }
    }

    @Test func `generates another one each time, and any character anywhere`() throws {
        let texts = try (0..<1_000).map { _ in copy(try Passphrase.generate()) }
        #expect(Set(texts).count == 1_000)
        for place in 0..<30 where place % 6 != 5 || place > 24 {
            // One of 32 characters stays out in 1,000 draws once in 10^12 times.
            #expect(Set(texts.map { $0[place] }).count == 32)
        }
    }

    #if os(Linux)
        @Test func `can be had without locked memory, on request`() async {
            await #expect(processExitsWith: .success) {
                var none = rlimit(rlim_cur: 0, rlim_max: 0)
                let lockedMemory: Int32 = 8
                try #require(unsafe setrlimit(.init(lockedMemory), &none) == 0)
                try #require(getuid() != 0 || setuid(65_534) == 0)
                let text = Array("correct horse 1".utf8)
                #expect(throws: PassphraseError.self) { _ = try Passphrase(text.span) }
                #expect(throws: PassphraseError.self) { _ = try Passphrase.generate() }
                _ = try Passphrase(text.span, locking: .optedOut)
                _ = try Passphrase.generate(locking: .optedOut)
            }
        }
    #endif

    @Test func `comes from a file, without its newline`() throws {
        let scratch = try Scratch()
        try scratch.write(Array("battery staple 9\n".utf8), to: "secret")
        let passphrase = try Passphrase(contentsOf: scratch.path("secret"))
        #expect(copy(passphrase) == Array("battery staple 9".utf8))
        try scratch.write([UInt8](repeating: 0x61, count: 3_000), to: "long")
        #expect(throws: PassphraseError.length(1_026)) {
            _ = try Passphrase(contentsOf: scratch.path("long"))
        }
        let missing = FileError(operation: .open, systemCode: 2)
        #expect(throws: PassphraseError.file(missing)) {
            _ = try Passphrase(contentsOf: scratch.path("none"))
        }
    }

    @Test(arguments: [
        PassphraseError.length(3), .notPrintable(offset: 4), .tooUniform,
        .memory(.libraryUnavailable),
    ]) func `says in a sentence what is wrong with it`(error: PassphraseError) {
        #expect(error.description.hasSuffix("."))
        #expect(!error.description.contains("\n"))
    }
}
