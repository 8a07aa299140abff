// SPDX-License-Identifier: Apache-2.0
@testable internal import CardKeys
internal import TestSupport
internal import Testing

@Suite("Base 64 for URLs") struct Base64URLTests {
    /// RFC 4648, section 10, without the padding; then the two characters that differ from base 64.
    static let vectors: [(String, String)] = [
        ("", ""), ("66", "Zg"), ("666f", "Zm8"), ("666f6f", "Zm9v"), ("666f6f62", "Zm9vYg"),
        ("666f6f6261", "Zm9vYmE"), ("666f6f626172", "Zm9vYmFy"), ("fbffbf", "-_-_"),
        ("14fb9c03d97e", "FPucA9l-"), ("14fb9c03", "FPucAw"), ("00", "AA"), ("ffffff", "____"),
    ]

    @Test(arguments: vectors) func `agrees with RFC 4648`(hexadecimal: String, text: String) throws
    {
        let bytes = try bytes(hex: hexadecimal)
        #expect(Base64URL.print(bytes) == text)
        #expect(Base64URL.parse(text.utf8) == bytes)
    }

    @Test(arguments: 0...100) func `parses what it prints`(count: Int) {
        var random = SeededRandom(seed: UInt64(count))
        let bytes = random.bytes(count: count)
        #expect(Base64URL.parse(Base64URL.print(bytes).utf8) == bytes)
    }

    @Test func `has one text for every two bytes`() {
        let alphabet = (UInt8.min...UInt8.max).filter { Base64URL.parse([$0, 0x41]) != nil }
        #expect(alphabet.count == 64)
        var texts = 0
        for a in alphabet {
            for b in alphabet {
                for c in alphabet {
                    guard let bytes = Base64URL.parse([a, b, c]) else { continue }
                    texts += 1
                    if Array(Base64URL.print(bytes).utf8) != [a, b, c] {
                        Issue.record("\(bytes) has another text than \([a, b, c])")
                    }
                }
            }
        }
        #expect(texts == 65_536)
    }

    @Test(arguments: ["Zh", "Zn", "Zv", "Z_", "Zm9", "Zm-", "AB", "AAB", "____-_x"])
    func `refuses leftover bits that are not zero`(text: String) {
        #expect(Base64URL.parse(text.utf8) == nil)
    }

    @Test(arguments: ["A", "AAAAA", "AAAAAAAAA", String(repeating: "A", count: 4_001)])
    func `refuses a length that no bytes have`(text: String) {
        #expect(Base64URL.parse(text.utf8) == nil)
    }

    @Test(arguments: [
        "Zg==", "Zm8=", "=", "====", "Zg=", "+/+/", "Zm 9", "Zm9\n", "\nZm9v", "Zm9v ", "Zm.v",
        "Zmé",
        "Zm\u{0}v", "Zm9vYg==",
    ]) func `refuses padding, white space and every other character`(text: String) {
        #expect(Base64URL.parse(text.utf8) == nil)
    }

    @Test func `refuses every byte outside the alphabet, wherever`() {
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        #expect(alphabet.count == 64)
        for byte in UInt8.min...UInt8.max where !alphabet.contains(byte) {
            for position in 0..<4 {
                var text = Array("AAAA".utf8)
                text[position] = byte
                #expect(Base64URL.parse(text) == nil)
            }
        }
    }
}
