// SPDX-License-Identifier: Apache-2.0
internal import CardKeys
internal import ConstantTime
internal import Testing

@Suite("Crockford's base 32, secret") struct CrockfordSecretTests {
    @Test func `reads every byte as the public reading does`() {
        var characterCount = 0
        for byte in UInt8.min...UInt8.max {
            let (value, isCharacter) = Crockford.secretValue(of: byte)
            let expected = Crockford.value(of: byte)
            #expect(isCharacter.declassify() == (expected != nil))
            guard let expected else { continue }
            #expect(value == expected)
            characterCount += 1
        }
        #expect(characterCount == 32)
    }

    @Test func `gives 5 bits for every byte`() {
        #expect((UInt8.min...UInt8.max).allSatisfy { Crockford.secretValue(of: $0).value < 32 })
    }

    @Test func `reads what it prints`() {
        let values = (0..<32 as Range<UInt8>).map {
            Crockford.secretValue(of: Crockford.character(of: $0)).value
        }
        #expect(values == Array(0..<32))
    }
}
