// SPDX-License-Identifier: Apache-2.0

/// The extendable-output function that the accumulated vectors draw their inputs from (FIPS 202). A
/// test's tool, not for secrets.
struct SHAKE128 {
    private static let rate = 168
    private static let (rotations, permutation, constants) = tables()

    private var state = [UInt64](repeating: 0, count: 25)
    private var offset = 0
    private var isSqueezing = false

    /// Takes more of the message. Not after the first `squeeze`.
    mutating func absorb(_ message: [UInt8]) {
        precondition(!isSqueezing)
        for byte in message {
            xor(byte, at: offset)
            advance()
        }
    }

    /// The next `count` bytes of the output.
    mutating func squeeze(_ count: Int) -> [UInt8] {
        if !isSqueezing {
            xor(0x1f, at: offset)
            xor(0x80, at: Self.rate - 1)
            permute()
            (isSqueezing, offset) = (true, 0)
        }
        return (0..<count).map { _ in
            if offset == Self.rate {
                permute()
                offset = 0
            }
            defer { offset += 1 }
            return UInt8(truncatingIfNeeded: state[offset / 8] >> UInt64(offset % 8 * 8))
        }
    }

    private mutating func xor(_ byte: UInt8, at offset: Int) {
        state[offset / 8] ^= UInt64(byte) << UInt64(offset % 8 * 8)
    }

    private mutating func advance() {
        offset += 1
        if offset == Self.rate {
            permute()
            offset = 0
        }
    }

    /// Keccak-f[1600].
    private mutating func permute() {
        var a = state
        for constant in Self.constants {
            var parity = [UInt64](repeating: 0, count: 5)
            for i in 0..<25 { parity[i % 5] ^= a[i] }
            var b = a
            for i in 0..<25 {
                let word = a[i] ^ parity[(i + 4) % 5] ^ rotated(parity[(i + 1) % 5], by: 1)
                b[Self.permutation[i]] = rotated(word, by: Self.rotations[i])
            }
            for i in 0..<25 {
                let row = i / 5 * 5
                a[i] = b[i] ^ (~b[row + (i + 1) % 5] & b[row + (i + 2) % 5])
            }
            a[0] ^= constant
        }
        state = a
    }

    private func rotated(_ word: UInt64, by count: UInt64) -> UInt64 {
        word << count | word >> (64 - count)
    }

    /// The tables of steps rho, pi and iota, from their definitions in FIPS 202, section 3.2.
    private static func tables() -> ([UInt64], [Int], [UInt64]) {
        var rotations = [UInt64](repeating: 0, count: 25)
        var (x, y) = (1, 0)
        for t in 0..<24 {
            rotations[x + 5 * y] = UInt64((t + 1) * (t + 2) / 2 % 64)
            (x, y) = (y, (2 * x + 3 * y) % 5)
        }
        let permutation = (0..<25).map { i in i / 5 + 5 * ((2 * (i % 5) + 3 * (i / 5)) % 5) }
        var register: UInt8 = 1
        let constants = (0..<24).map { _ in
            (0...6).reduce(UInt64(0)) { word, j in
                let bit = UInt64(register & 1)
                register = register << 1 ^ (register >> 7 == 1 ? 0x71 : 0)
                return word | bit << UInt64(1 << j - 1)
            }
        }
        return (rotations, permutation, constants)
    }
}
