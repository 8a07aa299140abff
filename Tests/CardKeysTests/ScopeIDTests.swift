// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
internal import Testing

@Suite("Scope id") struct ScopeIDTests {
    @Test(arguments: [1, 2, 63, 64]) func `has 1 to 64 bytes`(count: Int) {
        let text = String(repeating: "a", count: count)
        #expect(ScopeID(text)?.description == text)
    }

    @Test(arguments: [0, 65, 1_000]) func `has no other count`(count: Int) {
        #expect(ScopeID(String(repeating: "a", count: count)) == nil)
    }

    @Test func `has small letters, digits, dots, hyphens and underscores alone`() {
        let allowed = (UInt8.min..<128).filter { byte in
            ScopeID("a\(Character(Unicode.Scalar(byte)))") != nil
        }
        #expect(allowed == Array("-.0123456789_abcdefghijklmnopqrstuvwxyz".utf8))
    }

    @Test(arguments: ["é", "ａ", "a\u{301}", "а", "٣", "🂡", "a\r\n"]) func `has no other letters`(
        text: String
    ) {
        #expect(ScopeID(text) == nil)
    }

    @Test func `is ordered by its bytes`() throws {
        let names = ["-", ".", "0", "9", "_", "a", "a-", "a0", "aa", "b"]
        let scopes = try names.map { try #require(ScopeID($0)) }
        #expect(scopes.shuffled().sorted() == scopes)
    }
}
