// SPDX-License-Identifier: Apache-2.0
package import ConstantTime

/// Crockford's base 32: ten digits and the upper-case letters without I, L, O and U.
package enum Crockford {
    /// The characters by their values, for values that are no secret.
    package static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The character of the lowest 5 bits of a value. Computed, and neither looked up nor checked
    /// by a jump: the value is secret.
    package static func character(of bits: UInt8) -> UInt8 {
        let value = bits & 31
        let letter: UInt8 = value &+ UInt8(ascii: "A") &- 10
        // The letters I, L, O and U are left out: each moves what comes after it by one.
        let skipped =
            step(value, from: 18) &+ step(value, from: 20) &+ step(value, from: 22)
            &+ step(value, from: 27)
        return select(value &+ UInt8(ascii: "0"), letter &+ skipped, where: isLess(value, 10))
    }

    /// The value of a character, upper case only; nil for any other byte.
    package static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "H"): character - UInt8(ascii: "A") + 10
        case UInt8(ascii: "J"), UInt8(ascii: "K"): character - UInt8(ascii: "J") + 18
        case UInt8(ascii: "M"), UInt8(ascii: "N"): character - UInt8(ascii: "M") + 20
        case UInt8(ascii: "P")...UInt8(ascii: "T"): character - UInt8(ascii: "P") + 22
        case UInt8(ascii: "V")...UInt8(ascii: "Z"): character - UInt8(ascii: "V") + 27
        default: nil
        }
    }

    /// The value of a character and whether it is one, upper case only. Computed, not looked up: a
    /// character is secret here. For any other byte the value means nothing.
    package static func secretValue(
        of character: UInt8
    ) -> (value: UInt8, isCharacter: Choice) {
        let digit = character &- UInt8(ascii: "0")
        let letter = character &- UInt8(ascii: "A")
        let skipped =
            step(letter, from: 9) &+ step(letter, from: 12) &+ step(letter, from: 15)
            &+ step(letter, from: 21)
        let value = select(digit, letter &+ 10 &- skipped, where: isLess(digit, 10)) & 31
        return (value, equal(self.character(of: value), character))
    }

    private static func step(_ value: UInt8, from bound: UInt8) -> UInt8 {
        select(UInt8(0), 1, where: isLess(value, bound))
    }
}
