// SPDX-License-Identifier: Apache-2.0
internal import ConstantTime
public import SecretMemory

/// Why a text is no passphrase.
public enum PassphraseError: Error, Equatable, CustomStringConvertible {
    /// Fewer than 12 or more than 1,024 characters.
    case length(Int)
    /// A character at `offset` is not printable ASCII.
    case notPrintable(offset: Int)
    /// No letter, or no digit.
    case tooUniform
    /// Guarded memory could not be had.
    case memory(SecretMemoryError)
    /// The file of the passphrase could not be read.
    case file(FileError)

    /// One sentence, without any of the passphrase.
    public var description: String {
        switch self {
        case .length(let count):
            "A passphrase has 12 to 1,024 characters, not \(count) (PCI DSS 8.3.6)."
        case .notPrintable(let offset):
            "A passphrase is printable ASCII; the character at offset \(offset) is not."
        case .tooUniform: "A passphrase has at least one letter and one digit (PCI DSS 8.3.6)."
        case .memory(let error): error.description
        case .file(let error): error.description
        }
    }
}

/// A custodian's passphrase: 12 to 1,024 printable ASCII characters with a letter and a digit.
///
/// The rule is that of PCI DSS v4.0.1, 8.3.6. Prefer ``generate(locking:)``: a rule cannot make a
/// chosen passphrase hard to guess.
public struct Passphrase: ~Copyable, Sendable {
    /// How many bytes a passphrase may have, a final newline not counted.
    public static let byteCounts = 12...1_024

    private let secret: SecretBytes

    /// Takes a passphrase as given, less one final newline.
    ///
    /// - Parameters:
    ///   - bytes: ASCII; the caller wipes them where they came from.
    ///   - locking: what to do when its memory cannot be locked.
    /// - Throws: ``PassphraseError``.
    public init(
        _ bytes: Span<UInt8>, locking: MemoryLocking = .required
    ) throws(PassphraseError) {
        // Public: it is the end of a line of text, and not part of the passphrase.
        let hasNewline =
            !bytes.isEmpty && equal(bytes[bytes.count - 1], UInt8(ascii: "\n")).declassify()
        let count = bytes.count - (hasNewline ? 1 : 0)
        guard Self.byteCounts.contains(count) else { throw .length(count) }
        let text = bytes.extracting(first: count)
        try Self.check(text)
        var secret = try Self.reserve(count, locking)
        secret.withMutableBytes { for i in text.indices { $0[i] = text[i] } }
        self.secret = secret
    }

    /// Reads a passphrase from a file, straight into guarded memory.
    ///
    /// - Parameters:
    ///   - path: a file that holds the passphrase and at most one newline after it.
    ///   - locking: what to do when its memory cannot be locked.
    /// - Throws: ``PassphraseError``: `file` when it cannot be read.
    public init(
        contentsOf path: String, locking: MemoryLocking = .required
    ) throws(PassphraseError) {
        var text = try Self.reserve(Self.byteCounts.upperBound + 2, locking)
        let count = try text.withMutableBytes { bytes throws(PassphraseError) in
            do throws(FileError) {
                return try AtomicFile.load(path, into: &bytes)
            } catch {
                throw .file(error)
            }
        }
        text.truncate(to: count)
        self = try text.withBytes { bytes throws(PassphraseError) in
            try Passphrase(bytes, locking: locking)
        }
    }

    private init(generated secret: consuming SecretBytes) { self.secret = secret }

    /// Makes a passphrase of 130 random bits: 26 characters of Crockford's base 32 in groups.
    ///
    /// - Parameter locking: what to do when its memory cannot be locked.
    /// - Throws: ``PassphraseError/memory(_:)``.
    public static func generate(
        locking: MemoryLocking = .required
    ) throws(PassphraseError) -> Passphrase {
        while true {
            var secret = try reserve(30, locking)
            secret.withMutableBytes { text in
                RandomBytes.fillSecret(&text)
                for i in text.indices {
                    // Four hyphens make groups of 5, 5, 5, 5 and 6; other bytes keep 5 of 8 bits.
                    text[i] =
                        i % 6 == 5 && i < 24
                        ? UInt8(ascii: "-") : Crockford.character(of: text[i] & 31)
                }
            }
            // One in 17,000 has no digit and would be refused where it is used: draw again.
            let isAccepted = secret.withBytes { text in
                do throws(PassphraseError) {
                    try check(text)
                    return true
                } catch {
                    return false
                }
            }
            if isAccepted { return Passphrase(generated: secret) }
        }
    }

    /// Lends the bytes for one call.
    public borrowing func withBytes<R: ~Copyable, E: Error>(
        _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try secret.withBytes(body)
    }

    private static func reserve(
        _ count: Int, _ locking: MemoryLocking
    ) throws(PassphraseError) -> SecretBytes {
        do throws(SecretMemoryError) {
            return try SecretBytes(capacity: count, locking: locking)
        } catch {
            throw .memory(error)
        }
    }

    /// What is wrong with a refused text is public, and so is where: nothing is sealed by it.
    private static func check(_ text: Span<UInt8>) throws(PassphraseError) {
        var hasLetter = Choice.no
        var hasDigit = Choice.no
        for i in text.indices {
            guard isIn(text[i], 0x20, 0x7e).declassify() else { throw .notPrintable(offset: i) }
            let lower = text[i] | 0x20
            hasLetter = hasLetter | isIn(lower, UInt8(ascii: "a"), UInt8(ascii: "z"))
            hasDigit = hasDigit | isIn(text[i], UInt8(ascii: "0"), UInt8(ascii: "9"))
        }
        guard (hasLetter & hasDigit).declassify() else { throw .tooUniform }
    }

    private static func isIn(_ byte: UInt8, _ first: UInt8, _ last: UInt8) -> Choice {
        !isLess(byte, first) & !isLess(last, byte)
    }
}

/// What a custodian presents to open a keyring.
public enum CustodySecret: ~Copyable, Sendable {
    /// A passphrase.
    case passphrase(Passphrase)
}
