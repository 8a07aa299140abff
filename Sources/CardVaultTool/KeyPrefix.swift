// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardCrypto
internal import CardVault

/// The id of a key, or as many of its first digits as tell it from every other key.
struct KeyPrefix: ExpressibleByArgument {
    static let help: ArgumentHelp = "The key: the first 8 or more digits of its id."
    /// Fewer would soon name several.
    private static let leastDigitCount = 8

    private let digits: String

    init?(argument: String) {
        let digits = argument.lowercased()
        guard (Self.leastDigitCount...2 * KeyID.byteCount).contains(digits.utf8.count),
            digits.utf8.allSatisfy("0123456789abcdef".utf8.contains)
        else { return nil }
        self.digits = digits
    }

    /// The key of a vault that it names.
    ///
    /// - Throws: ``KeyRefusal``: `unknownKey`, `ambiguousKey`; ``VaultError``.
    func find(in vault: Vault) async throws -> KeyID {
        if let id = KeyID(hex: digits) { return id }
        return try pick(from: try await vault.keyList().map(\.key.id))
    }

    /// The one of these that it names.
    func pick(from ids: [KeyID]) throws(KeyRefusal) -> KeyID {
        let named = ids.filter { $0.description.hasPrefix(digits) }
        guard let id = named.first else { throw .unknownKey }
        guard named.count == 1 else { throw .ambiguousKey(count: named.count) }
        return id
    }
}
