// SPDX-License-Identifier: Apache-2.0
internal import SecretMemory

/// Public random bytes: identifiers and salts.
package enum Random {
    /// `count` bytes straight from the system generator.
    package static func bytes(count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        RandomBytes.fillSecret(&span)
        return bytes
    }
}
