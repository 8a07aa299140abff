// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import Testing

@Suite("Checksum") struct ChecksumTests {
    private struct Interruption: Error {}

    /// NIST, FIPS 180-4 examples: of no bytes, of "abc", and of a million times "a".
    private static let examples: [(text: [UInt8], digest: String)] = [
        ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (
            Array("abc".utf8),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        ),
        (
            [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ]

    private func checksum(of text: [UInt8], pieceByteCount: Int) -> Checksum {
        var rest = text[...]
        return Checksum { () throws(Never) in
            defer { rest = rest.dropFirst(pieceByteCount) }
            return rest.isEmpty ? nil : Array(rest.prefix(pieceByteCount))
        }
    }

    @Test(arguments: [1, 63, 64, 65, 1 << 20]) func `agrees with FIPS 180-4 in pieces of any size`(
        pieceByteCount: Int
    ) {
        for (text, digest) in Self.examples {
            let checksum = checksum(of: text, pieceByteCount: pieceByteCount)
            #expect(checksum.description == digest)
        }
    }

    @Test func `reads what it prints`() {
        let checksum = checksum(of: [1, 2, 3], pieceByteCount: 2)
        #expect(Checksum(hex: checksum.description) == checksum)
    }

    @Test(arguments: [
        "", "00", String(repeating: "0", count: 62), String(repeating: "g", count: 64),
    ])
    func `is no other text`(text: String) {
        #expect(Checksum(hex: text) == nil)
    }

    @Test func `reports why its bytes did not come`() {
        #expect(throws: Interruption.self) {
            _ = try Checksum { () throws(Interruption) -> [UInt8]? in throw Interruption() }
        }
    }
}
