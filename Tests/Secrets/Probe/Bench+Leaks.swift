// SPDX-License-Identifier: Apache-2.0
internal import CardVault
internal import Foundation

extension Bench {
    /// What a careless program leaves on the heap: the passphrase and the first number, in every
    /// form in which the script looks for them.
    func leaks() throws -> [[UInt8]] {
        let number = try numbers().with(0) { digits in digits.indices.map { digits[$0] } }
        let phrase = try passphrase().withBytes { bytes in bytes.indices.map { bytes[$0] } }
        return forms(of: number) + packed(number) + forms(of: phrase)
    }

    private func forms(of bytes: [UInt8]) -> [[UInt8]] {
        let digits = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        var forms = [bytes, Array(digits.utf8), Array(digits.uppercased().utf8)]
        forms.append(bytes.flatMap { [$0, 0] })
        forms.append(bytes.flatMap { [0, $0] })
        for count in 0..<3 {
            let shifted = Data([UInt8](repeating: 7, count: count) + bytes + [7])
            forms.append(Array(shifted.base64EncodedData()))
        }
        return forms
    }

    /// Two digits a byte from the first and from the second, a digit a byte, and one number.
    private func packed(_ number: [UInt8]) -> [[UInt8]] {
        let digits = number.map { $0 - 0x30 }
        let even = stride(from: 0, to: 16, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        let odd = stride(from: 1, to: 15, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        let value = digits.reduce(UInt64(0)) { $0 * 10 + UInt64($1) }
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        return [even, [digits[0]] + odd + [digits[15] << 4], digits, bytes, bytes.reversed()]
    }
}
