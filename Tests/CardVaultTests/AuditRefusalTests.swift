// SPDX-License-Identifier: Apache-2.0
internal import CardVault
internal import Foundation
internal import Synchronization
internal import TestSupport
internal import Testing

/// Texts that a caller may not put on record.
@Suite("Refused audit text") struct AuditRefusalTests {
    /// A vault, a card in it, and what is refused to whom.
    private struct Desk {
        let bench: Bench
        let scope: Scope
        let token: Token

        init(_ kind: StoreKind = .memory) async throws {
            bench = try await Bench(kind)
            scope = try await bench.scope()
            token = try await scope.tokenize(PAN(Cards.visa)).token
        }

        /// Every call that takes a text, with the refusal that it must give.
        func refusals(of text: String) async -> [(code: VaultError.Code, error: VaultError?)] {
            let (vault, keyring, store) = (bench.vault, bench.keyring, bench.store)
            return [
                (.badPurpose, await refusal { try await scope.detokenize(token, purpose: text) }),
                (.badPurpose, await refusal { try await scope.detokenize([token], purpose: text) }),
                (.badActor, await refusal { try await vault.scope("default", as: text) }),
                (.badOrigin, await refusal { try await vault.scope("default", from: text) }),
                (
                    .badActor,
                    await refusal { try await Vault(keyring: keyring, store: store, as: text) }
                ),
                (
                    .badOrigin,
                    await refusal { try await Vault(keyring: keyring, store: store, from: text) }
                ),
            ]
        }

        func expectRefused(_ text: String) async {
            let refusals = await refusals(of: text)
            #expect(refusals.count == 6)
            for (code, error) in refusals {
                #expect(error?.code == code)
                #expect(error?.subject == nil)
                var dumped = ""
                dump(error, to: &dumped)
                #expect(text.isEmpty || !dumped.contains(text))
            }
        }
    }

    static let texts: [String] =
        [
            "", String(repeating: "a", count: 201), String(repeating: "a", count: 10_240),
            "tab\there", "line\nbreak", "return\r", "bell\u{7}", "escape\u{1b}[2J", "\0", "a\0b",
            "delete\u{7f}", "next line\u{85}", "münze", "支払い", "🙂", "zero\u{200b}width",
            "right\u{202e}to left",
        ] + numbers

    /// A published number in every shape in which people write one.
    static let numbers: [String] = [
        "4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111",
        "4 1 1 1 1 1 1 1 1111 1111",
        "4111  1111--1111 - 1111", "card 4111111111111111", "4111111111111111 please",
        "x4111111111111111x", "(4111-1111-1111-1111)", "order:4111111111111111;",
        "-4111111111111111-",
        "94111111111111111", "1234567894111111111111111", "41111111111111119",
        "0000 4111111111111111",
        "12 4111 1111 1111 1111 34", "4222222222222", "30569309025904", "378282246310005",
        "3782 822463 10005", "6205500000000000004", "6205 5000 0000 0000 004",
        "no 1, no 2; 5555555555554444",
    ]

    @Test(arguments: texts) func `is refused wherever a text is taken`(_ text: String) async throws
    {
        let desk = try await Self.desk.value
        await desk.expectRefused(text)
    }

    private static let desk = Task { try await Desk() }

    private struct Published: Decodable {
        struct Row: Decodable {
            let pan: String
        }
        let tests: [Row]
    }

    @Test func `is every number that a processor publishes`() async throws {
        let rows = try Vectors.load("cards/processor_test_pans.json", as: Published.self).tests
        #expect(rows.count == 29)
        let desk = try await Self.desk.value
        for row in rows {
            for text in [row.pan, "settle \(row.pan)", spaced(row.pan)] {
                let purpose = await code {
                    try await desk.scope.detokenize(desk.token, purpose: text)
                }
                #expect(purpose == .badPurpose)
            }
        }
    }

    private func spaced(_ digits: String) -> String {
        digits.map { "\($0)" }.joined(separator: " ")
    }

    /// Numbers of 13 to 19 digits that pass Luhn are meant, and nothing shorter or wrong.
    @Test(arguments: [
        "a", " ", "~", String(repeating: "a", count: 200), "settlement 2026-11-23", "10.0.0.7",
        "2001:db8::ff", "ticket 4711", "4111111111111113", "4111 1111 1111 1113", "411111111111",
        "601111111117", "invoice 123456789012", "41111111x11111111", "\"quoted\\\"", "tok_0",
    ]) func `is no other text`(_ text: String) async throws {
        let desk = try await Self.desk.value
        let card = try await desk.scope.detokenize(desk.token, purpose: text)
        #expect(digits(card) == Cards.visa)
        _ = try await desk.bench.vault.scope("default", as: text, from: text)
    }

    @Test func `is any text with 13 to 19 digits that pass Luhn, however long the run`()
        async throws
    {
        let desk = try await Self.desk.value
        var random = SeededRandom(seed: 41)
        for count in 13...19 {
            for _ in 0..<5 {
                let number = valid(count, using: &random)
                // Zeros before a number pass with it; a letter ends the run.
                for text in [number, "x\(number)", "\(number)y", "0000000\(number)"] {
                    let refused = await code {
                        try await desk.scope.detokenize(desk.token, purpose: text)
                    }
                    #expect(refused == .badPurpose, "\(count) digits")
                }
            }
        }
    }

    /// Digits that pass Luhn, of an issuer that there is not: they begin with 9.
    private func valid(_ count: Int, using random: inout SeededRandom) -> String {
        let body = [9] + (0..<(count - 2)).map { _ in Int.random(in: 0...9, using: &random) }
        let sum = body.reversed().enumerated().reduce(0) { sum, next in
            let value = next.offset.isMultiple(of: 2) ? next.element * 2 : next.element
            return sum + (value > 9 ? value - 9 : value)
        }
        return (body + [(10 - sum % 10) % 10]).map(String.init).joined()
    }

    /// The refusal is on record; the text is nowhere.
    @Test func `is in no file of the vault`() async throws {
        let desk = try await Desk(.sqlite)
        let canary = "canary-\u{7f}-5f3a9c"
        for text in [Cards.otherVisa, "4012 8888 8888 1881", canary] {
            await desk.expectRefused(text)
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: desk.bench.folder)
        #expect(Set(files).isSuperset(of: ["cards.db", "cards.db-wal", "keyring.json"]))
        for file in files {
            let bytes = try Data(contentsOf: URL(filePath: "\(desk.bench.folder)/\(file)"))
            for text in [Cards.otherVisa, "4012 8888", "5f3a9c"] {
                #expect(bytes.range(of: Data(text.utf8)) == nil)
            }
        }
    }

    @Test func `leaves a refusal without it on record`() async throws {
        let desk = try await Desk()
        let events = try await desk.bench.recorded {
            await desk.expectRefused("5555 5555 5555 4444")
        }
        // The two of `Vault(…)` come before there is a vault to keep a record.
        let kinds = events.map { "\($0.action.rawValue) \($0.outcome.rawValue)" }
        #expect(
            kinds == [
                "detokenize badPurpose", "detokenize badPurpose", "scope badActor",
                "scope badOrigin",
            ])
        for event in events {
            #expect(event.purpose == nil && event.actor == "unnamed" && event.origin == nil)
        }
    }
}
