// SPDX-License-Identifier: Apache-2.0
@testable internal import CardKeys
internal import TestSupport
internal import Testing

@Suite("Strict JSON") struct StrictJSONTests {
    private func parse(_ text: String) throws(StrictJSON.SyntaxError) -> StrictJSON {
        try StrictJSON.parse(Array(text.utf8)[...])
    }

    @Test(arguments: [
        ("0", "0"), ("7", "7"), ("10", "10"), ("9223372036854775807", "9223372036854775807"),
        (#""""#, #""""#), (#""a""#, #""a""#), (#"" !#[]^~""#, #"" !#[]^~""#), ("{}", "{}"),
        ("[]", "[]"), (" \n{ \n} \n", "{}"), ("[ ]", "[]"), ("[0, 1 ,2]", "[0,1,2]"),
        (#"{"b":1,"a":"x"}"#, #"{"a":"x","b":1}"#), (#"{"":0}"#, #"{"":0}"#),
        (#"{"a" : [ {"a":1} ] }"#, #"{"a":[{"a":1}]}"#), ("[[[[0]]]]", "[[[[0]]]]"),
        (#"{"a":{"a":{"a":{"a":1}}}}"#, #"{"a":{"a":{"a":{"a":1}}}}"#),
    ]) func `accepts`(text: String, meaning: String) throws {
        #expect(try parse(text).text == meaning)
    }

    @Test(arguments: [
        // Nothing, or not all of something.
        ("", 0), (" ", 1), ("{", 1), ("[", 1), (#"{""#, 2), (#"{"a""#, 4), (#"{"a":"#, 5),
        (#"{"a":1"#, 6), ("[0", 2), (#""a"#, 2), ("-", 0),
        // More than one thing.
        ("0 0", 2), ("{}{}", 2), ("[],", 2), ("0\0", 1), ("{}x", 2), (#""a"b"#, 3),
        // Names: twice, none, not quoted.
        (#"{"a":0,"a":0}"#, 10), (#"{"a":0,"b":0,"a":1}"#, 16), (#"{:0}"#, 1), ("{a:0}", 1),
        ("{0:0}", 1), (#"{"a"0}"#, 4), (#"{'a':0}"#, 1),
        // Commas.
        ("[0,]", 3), (#"{"a":0,}"#, 7), ("[,0]", 1), ("[0,,0]", 3), ("[0 0]", 3), ("{,}", 1),
        // Depth 5.
        ("[[[[[]]]]]", 5), ("[[[[{}]]]]", 5), (#"{"a":{"a":{"a":{"a":{}}}}}"#, 21),
        // Texts: escapes, control characters, more than ASCII, other quotes.
        (#""\n""#, 1), (#""\u0041""#, 1), (#""\"""#, 1), (#""a\\""#, 2), ("\"\t\"", 1),
        ("\"\n\"", 1), ("\"\u{0}\"", 1), ("\"\u{7f}\"", 1), ("\"é\"", 1), ("'a'", 0),
        // Numbers.
        ("00", 2), ("01", 2), ("-0", 0), ("-1", 0), ("+1", 0), ("1.0", 1), ("1e3", 1), ("0x10", 1),
        (".5", 0), ("1_000", 1), ("９", 0), ("9223372036854775808", 18),
        ("18446744073709551616", 19), ("99999999999999999999", 18),
        // White space that JSON has and this subset has not, and what no JSON has.
        ("\t0", 0), ("0\t", 1), ("\r\n0", 0), ("0\r\n", 1), ("\u{feff}0", 0), ("\u{a0}0", 0),
        ("/**/0", 0), ("//\n0", 0), ("#\n0", 0),
        // Values that this subset has not.
        ("true", 0), ("false", 0), ("null", 0), ("NaN", 0), ("[null]", 1),
    ]) func `refuses`(text: String, offset: Int) throws {
        #expect(throws: StrictJSON.SyntaxError(offset: offset)) { try parse(text) }
    }

    @Test func `refuses every byte that begins no value`() {
        let starts = (UInt8.min...UInt8.max).filter { (try? StrictJSON.parse([$0])) != nil }
        #expect(starts == Array("0123456789".utf8))
    }

    @Test func `accepts in a text what is printable, but quotes and backslashes`() {
        let accepted = (UInt8.min...UInt8.max).filter { byte in
            (try? StrictJSON.parse([0x22, byte, 0x22])) != nil
        }
        #expect(accepted == (0x20...0x7e).filter { $0 != 0x22 && $0 != 0x5c })
    }

    @Test func `counts offsets from where a slice starts`() {
        let bytes = Array("[[[0]]] x".utf8)
        #expect(throws: StrictJSON.SyntaxError(offset: 1)) { try StrictJSON.parse(bytes[7...]) }
    }

    @Test(arguments: [1, 16, 17, 1_000]) func `takes up to 16 members in an object`(
        count: Int
    ) throws {
        let members = (0..<count).map { "\"\($0)\":0" }
        let value = try? parse("{\(members.joined(separator: ","))}")
        #expect((value != nil) == (count <= 16))
    }

    @Test func `is not exhausted by what is nested deeply`() {
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(throws: StrictJSON.SyntaxError(offset: 5)) { try StrictJSON.parse(deep[...]) }
    }

    @Test(arguments: 0..<8) func `survives whatever is done to a keyring`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let document = KeyringText.print(try Locksmith.shared.get().keyring)
        var accepted = 0
        for _ in 0..<250 {
            let text = mutated(document, with: &random)
            guard let value = try? StrictJSON.parse(text[...]) else { continue }
            accepted += 1
            #expect(try parse(value.text).text == value.text)
        }
        #expect((1..<250).contains(accepted))
    }

    @Test(arguments: 0..<8) func `survives texts made of its own characters`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let alphabet = Array(#"{}[]",:01a "#.utf8)
        var accepted = 0
        for _ in 0..<20_000 {
            let count = Int.random(in: 1...10, using: &random)
            let text = (0..<count).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))]
            }
            guard let value = try? StrictJSON.parse(text[...]) else { continue }
            accepted += 1
            #expect(try parse(value.text).text == value.text)
        }
        #expect((100..<20_000).contains(accepted))
    }

    private func mutated(_ text: [UInt8], with random: inout SeededRandom) -> [UInt8] {
        var text = text
        for _ in 0...Int(random.next() % 3) {
            let offset = Int(random.next() % UInt64(text.count))
            let end = min(offset + Int(random.next() % 40), text.count)
            switch random.next() % 6 {
            case 0: text[offset] ^= 1 << (random.next() % 8)
            case 1: text[offset] = UInt8(truncatingIfNeeded: random.next())
            case 2: text.removeSubrange(offset..<end)
            case 3: text.insert(contentsOf: text[offset..<end], at: offset)
            case 4: text.swapAt(offset, Int(random.next() % UInt64(text.count)))
            default: text.removeSubrange(end...)
            }
        }
        return text
    }
}
