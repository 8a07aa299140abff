// SPDX-License-Identifier: Apache-2.0
internal import CMemcheck
internal import CardCrypto
internal import SecretMemory

/// Values that memcheck takes for secret, and the places where they stop being so.
///
/// Marks go into memory, in place; they change no value.
enum Secret {
    /// `bytes`, marked.
    static func bytes(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        unsafe bytes.withUnsafeMutableBytes { unsafe memcheck_mark($0.baseAddress, $0.count) }
        return bytes
    }

    /// The bytes of `text`, of which those that are digits are marked.
    static func digits(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8)
        unsafe bytes.withUnsafeMutableBytes { bytes in
            for (i, byte) in text.utf8.enumerated() where (0x30...0x39).contains(byte) {
                unsafe memcheck_mark(bytes.baseAddress.map { unsafe $0 + i }, 1)
            }
        }
        return bytes
    }

    /// `value`, marked; for values that own nothing on the heap.
    static func value<Value>(_ value: Value) -> Value {
        var value = value
        unsafe withUnsafeMutableBytes(of: &value) { unsafe memcheck_mark($0.baseAddress, $0.count) }
        return value
    }

    /// A key that is marked from the moment the system generator gives it.
    static func key(
        _ purpose: KeyPurpose, _ suite: Suite, in slab: KeySlab
    ) throws(SecretMemoryError) -> KeyMaterial {
        memcheck_mark_random(1)
        defer { memcheck_mark_random(0) }
        return try KeyMaterial.generate(purpose: purpose, suite: suite, in: slab)
    }

    /// A root key, marked as other keys are.
    static func rootKey(in slab: KeySlab) throws(SecretMemoryError) -> RootKey {
        memcheck_mark_random(1)
        defer { memcheck_mark_random(0) }
        return try RootKey.generate(in: slab)
    }

    /// Ends an operation: its outcome is public from here on.
    static func release(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe memcheck_release($0.baseAddress, $0.count) }
    }

    /// Ends an operation: its outcome is public from here on.
    static func release(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBytes { unsafe memcheck_release($0.baseAddress, $0.count) }
    }

    /// Ends an operation: its outcome, which owns nothing on the heap, is public from here on.
    static func released<Value>(_ value: Value) -> Value {
        var value = value
        unsafe withUnsafeMutableBytes(of: &value) {
            unsafe memcheck_release($0.baseAddress, $0.count)
        }
        return value
    }
}
