// SPDX-License-Identifier: Apache-2.0
@testable internal import CardKeys
internal import Foundation
internal import SecretMemory
internal import Testing

@Suite("What a keyring's errors say") struct KeyringErrorTests {
    static let errors: [KeyringError] = [
        .notFound, .exists, .tooLarge(limit: 1), .malformed(offset: 2), .badField("keys"),
        .unknownVersion(3), .cannotUnlock, .integrity, .needsUnlock, .older(generation: 4, seen: 5),
        .forked(generation: 6), .scopeExists, .tooManyScopes,
        .unknownScope, .scopeShredded, .unknownKey(id: "00ff"), .unknownCopy, .tooManyCopies,
        .slotsRefused, .otherVault,
        .wrappedKey(id: "00ff"), .file(FileError(operation: .sync, systemCode: EIO)),
        .memory(.libraryUnavailable),
    ]

    @Test(arguments: errors) func `is one sentence`(error: KeyringError) {
        let text = error.description
        #expect(text.hasSuffix("."))
        #expect(text.first?.isUppercase == true || text.hasPrefix("libsodium"))
        #expect(!text.contains("\n") && !text.contains(". "))
    }

    @Test func `is another one for each error`() {
        #expect(Set(Self.errors.map(\.description)).count == Self.errors.count)
    }

    @Test func `shows the numbers that somebody can act on`() {
        #expect(KeyringError.malformed(offset: 77).description.contains("77"))
        #expect(KeyringError.older(generation: 3, seen: 9).description.contains("3"))
        #expect(KeyringError.older(generation: 3, seen: 9).description.contains("9"))
        #expect(
            FileError(operation: .rename, systemCode: ENOSPC).description
                == "The system refused to rename a file, error \(ENOSPC).")
    }
}
