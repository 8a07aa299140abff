// SPDX-License-Identifier: Apache-2.0
internal import ConstantTime
internal import SecretMemory
internal import Synchronization

/// HMAC-SHA-256 (FIPS 198-1) under one key, keyed once and used by any task.
struct HMACSHA256: ~Copyable, Sendable {
    static let codeByteCount = 32

    private let context: Mutex<MACContext>

    init(key: Span<UInt8>) {
        guard let context = MACContext.hmacSHA256(key: key) else {
            preconditionFailure("libcrypto has no HMAC")
        }
        self.context = Mutex(context)
    }

    /// The code of `first` ‖ `second`, 32 bytes.
    borrowing func authenticate(
        _ first: Span<UInt8>, _ second: Span<UInt8>, into code: inout MutableSpan<UInt8>
    ) {
        context.withLock { $0.authenticate(first, second, into: &code) }
    }

    /// The code of `message`, 32 bytes.
    borrowing func code(for message: Span<UInt8>) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: Self.codeByteCount)
        var out = code.mutableSpan
        authenticate(message, Span(), into: &out)
        return code
    }

    /// Whether `code` is the code of `message`.
    borrowing func verifies(_ code: [UInt8], for message: Span<UInt8>) -> Bool {
        // Whether a message is authentic is public: it decides what the caller gets.
        equal(self.code(for: message).span, code.span).declassify()
    }
}
