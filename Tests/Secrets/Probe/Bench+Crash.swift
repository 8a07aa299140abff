// SPDX-License-Identifier: Apache-2.0
internal import CardVault
internal import Foundation
internal import SecretMemory

extension Bench {
    /// Crashes with a register that points at the passphrase, keys in memory, and a word on the
    /// heap. Says a word before.
    func crash(isHardened: Bool) throws {
        if isHardened { try ProcessHardening.apply() }
        let keyring = try unlock(passphrase())
        // Not as text in the program, which a core dump has too.
        let word = Data("heap in a core dump".utf8.reversed())
        try passphrase().withBytes { bytes in
            FileHandle.standardOutput.write(Data("in memory\n".utf8))
            unsafe bytes.withUnsafeBytes { secret in
                let nowhere = unsafe UnsafeMutableRawPointer(bitPattern: 8)
                if let nowhere = unsafe nowhere, let secret = secret.baseAddress {
                    unsafe memcpy(nowhere, secret, 16)
                }
            }
        }
        withExtendedLifetime((word, keyring)) {}
    }
}
