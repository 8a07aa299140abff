// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
internal import Testing

@Suite("Crockford's base 32") struct CrockfordTests {
    /// Source: Douglas Crockford, "Base 32", crockford.com/base32.html, the column of encode
    /// symbols.
    static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    @Test func `prints every value as published`() {
        #expect(Self.alphabet.count == 32)
        #expect((0..<32).map { Crockford.character(of: $0) } == Self.alphabet)
    }

    @Test func `reads every character that it prints`() {
        #expect(Self.alphabet.map { Crockford.value(of: $0) } == (0..<32).map { $0 })
    }

    @Test func `reads nothing else, lower case and look-alikes included`() {
        let read = (UInt8.min...UInt8.max).filter { Crockford.value(of: $0) != nil }
        #expect(read == Self.alphabet)
        #expect("ILOUabcdefghijklmnopqrstuvwxyz-*~$=".utf8.allSatisfy { !read.contains($0) })
    }

    @Test func `prints the lowest 5 bits of every byte`() {
        let printed = (UInt8.min...UInt8.max).map { Crockford.character(of: $0) }
        #expect(printed == (0..<256).map { Self.alphabet[$0 % 32] })
    }
}
