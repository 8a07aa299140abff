// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// What the fuzzer watches beside the claims.
private enum Limit: String {
    /// AddressSanitizer's: no access outside memory.
    case bounds
    /// A second for a run.
    case time
    /// 256 MiB for a process.
    case memory
}

/// The limit that the environment asks to break on purpose.
private let broken = getenv("CARD_VAULT_FUZZ_BREAK").flatMap {
    Limit(rawValue: String(cString: $0))
}

/// Breaks a limit on purpose, for whoever asks whether it is watched.
func breakLimit(_ bytes: [UInt8]) {
    switch broken {
    case .bounds:
        let block = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count)
        defer { block.deallocate() }
        print("bounds:", block[bytes.count])
    case .time:
        let end = time(nil) + 5
        while time(nil) < end {}
    case .memory:
        let byteCount = 512 << 20
        let block = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 16)
        defer { block.deallocate() }
        memset(block, 1, byteCount)
    case nil: break
    }
}
