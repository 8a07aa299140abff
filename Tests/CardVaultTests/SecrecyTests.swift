// SPDX-License-Identifier: Apache-2.0
@testable internal import CardKeys
@testable internal import CardVault
internal import Foundation
internal import SecretMemory
internal import Testing

/// What a vault says of a card: never more than its truncation.
@Suite("What is said of a card") struct SecrecyTests {
    /// Whether a text holds a digit that a truncation hides, with the ten before or after it.
    private func showsHidden(_ text: String) -> Bool {
        let number = Cards.otherVisa
        return (0...5).contains { start in
            let from = number.index(number.startIndex, offsetBy: start)
            return text.contains(number[from...].prefix(11))
        }
    }

    private func texts(_ value: Any) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        return [String(describing: value), String(reflecting: value), dumped]
    }

    @Test func `a card and its record show the truncation`() async throws {
        let bench = try await Bench()
        let scope = try await bench.scope()
        #expect(showsHidden(Cards.otherVisa))
        for format in TokenFormat.allCases {
            let card = try await scope.tokenize(PAN(Cards.otherVisa), format: format)
            let record = try #require(try await bench.store.card(card.token))
            #expect(card.display.description == "401288••••••1881")
            for text in texts(card) + texts(record) { #expect(!showsHidden(text)) }
        }
    }

    @Test func `an error shows nothing`() async throws {
        let bench = try await Bench()
        let scope = try await bench.scope()
        let card = try await scope.tokenize(PAN(Cards.otherVisa))
        try bench.tamper("UPDATE cards SET brand = 3")
        let number = Cards.otherVisa
        let errors = [
            await refusal { try await scope.find(PAN(number)) },
            await refusal { try await scope.tokenize(PAN(number)) },
            await refusal { try await scope.describe(card.token) },
            await refusal { try await scope.describe(Token(number)) },
            await refusal { try await scope.delete(Token(number)) },
            await refusal { try await scope.detokenize(card.token, purpose: number) },
            await refusal { try await bench.vault.scope(number) },
            await refusal { try await bench.vault.scope("default", as: number) },
            await refusal {
                try await scope.tokenize(PAN("378282246310005"), format: .binLastFour)
            },
        ]
        #expect(errors.count == 9)
        for error in errors {
            let error = try #require(error)
            for text in texts(error) { #expect(!showsHidden(text)) }
        }
    }

    @Test func `the files of a vault hold no number`() async throws {
        let bench = try await Bench()
        for format in TokenFormat.allCases {
            _ = try await bench.scope().tokenize(PAN(Cards.otherVisa), format: format)
        }
        let packed: [UInt8] = try PAN(Cards.otherVisa).withPacked { packed in
            (1..<9).map { packed[$0] }
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: bench.folder)
        #expect(Set(files).isSuperset(of: ["cards.db", "cards.db-wal", "keyring.json"]))
        for file in files {
            let bytes = try Data(contentsOf: URL(filePath: "\(bench.folder)/\(file)"))
            #expect(bytes.range(of: Data(Cards.otherVisa.utf8)) == nil)
            #expect(bytes.range(of: Data(packed)) == nil)
        }
    }

    @Test(arguments: codes) func `every failure has a sentence`(_ code: VaultError.Code) {
        let error = VaultError(code, subject: "tok_1", systemCode: 5)
        #expect(error.description.hasSuffix(" (tok_1), error 5."))
        #expect(VaultError(code).description.hasSuffix("."))
    }

    @Test func `a store's failure is said in the store's words`() {
        for code in storeCodes {
            let error = StoreError(code, systemCode: 7)
            #expect(error.description.hasSuffix(", error 7."))
            #expect(VaultError(store: error).description == error.description)
            #expect(VaultError(store: error).systemCode == 7)
        }
    }

    @Test func `a keyring's failure keeps its kind`() {
        let file = FileError(operation: .read, systemCode: 5)
        let pairs: [(KeyringError, VaultError.Code)] = [
            (.notFound, .keyringMissing), (.exists, .vaultExists),
            (.tooLarge(limit: 1), .keyringMalformed), (.malformed(offset: 1), .keyringMalformed),
            (.badField("a"), .keyringMalformed), (.unknownVersion(2), .keyringVersion),
            (.cannotUnlock, .cannotUnlock), (.integrity, .keyringIntegrity),
            (.needsUnlock, .needsUnlock), (.older(generation: 1, seen: 2), .keyringOlder),
            (.forked(generation: 1), .keyringForked),
            (.scopeExists, .scopeExists), (.tooManyScopes, .tooManyScopes),
            (.wrappedKey(id: "a"), .keyringIntegrity), (.file(file), .keyringFile),
            (.file(FileError(operation: .lock, systemCode: 11)), .keyringBusy),
            (.memory(.libraryUnavailable), .memory),
        ]
        for (error, code) in pairs { #expect(VaultError(keyring: error).code == code) }
        #expect(VaultError(keyring: .file(file)).systemCode == 5)
        #expect(VaultError(keyring: .wrappedKey(id: "a")).subject == "a")
    }

    static let codes: [VaultError.Code] = [
        .notFound, .unknownScope, .scopeExists, .scopeIncomplete, .tooManyScopes, .integrity,
        .badPAN, .formatTooNarrow, .formatFull, .badPurpose, .badActor, .badOrigin,
        .badLifetime, .otherKind, .handleRefused, .auditFile, .noSealingKey,
        .needsSoftwareAES, .memory, .keyringMissing, .keyringFile, .keyringMalformed,
        .keyringVersion, .cannotUnlock, .keyringIntegrity, .needsUnlock, .keyringOlder,
        .keyringForked, .keyringBusy, .vaultExists, .otherVault, .notInitialized, .store,
        .forked, .cancelled, .keyExpired, .unknownKey, .keyState, .onlyKey, .tooManyKeys,
        .keyNeeded, .scopeShredded, .unknownCopy, .tooManyCopies, .slotsRefused, .backupRefused,
        .noBackups, .backupExists, .backupFile,
    ]

    private let storeCodes: [StoreError.Code] = [
        .busy, .stalled, .full, .readOnly, .missing, .notAStore, .newerSchema, .corrupt, .failed,
    ]
}
