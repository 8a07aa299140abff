// SPDX-License-Identifier: Apache-2.0

/// Random bytes from the system generator.
public enum RandomBytes {
    /// Fills a secret: a key, a salt, the secret of a handle. One system call, nothing kept.
    public static func fillSecret(_ bytes: inout MutableSpan<UInt8>) {
        Platform.fillFromSystem(&bytes)
    }

    /// Fills a nonce or the random bits of a token from a buffer of system randomness.
    ///
    /// The buffer spares a system call a record. Its bytes are wiped as they are used, a forked
    /// child finds it empty, and what is older than 100 ms is dropped, which narrows what a cloned
    /// virtual machine can repeat. Never use it for keys.
    ///
    /// - Parameter bytes: 1 to 64 bytes.
    public static func fillNonce(_ bytes: inout MutableSpan<UInt8>) {
        NoncePool.shared.fill(&bytes)
    }
}
