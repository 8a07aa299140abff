// SPDX-License-Identifier: Apache-2.0
import CardCrypto
import Foundation
import Testing

@testable import CardVault
@testable import CardVaultSQLite
@testable import CardVaultTool

@Suite("hold") struct HoldTests {
    @Test func `list shows ids, kinds and times, and nothing of the content`() async throws {
        let vault = try await ToolVault()
        let track = ";4012888888881881=27121011234567890?"
        let ids = try await vault.hold { scope in
            [
                try await scope.hold(Track2(track.utf8.span), for: .seconds(7 * 86_400)).id,
                try await scope.hold(CardVerificationCode("737".utf8.span), for: .seconds(900)).id,
            ]
        }
        let run = try vault.run("hold", "list")
        let lines = run.output.split(separator: "\n")
        #expect(
            lines[0].split(separator: /\s\s+/) == [
                "HOLD", "SCOPE", "KIND", "CREATED", "AGE", "LEFT",
            ])
        let rows = lines.dropFirst().map { $0.split(separator: /\s\s+/).map(String.init) }
        #expect(Set(rows.map { $0[0] }) == Set(ids.map(\.description)))
        #expect(rows.allSatisfy { $0[1] == "default" && $0[4].hasSuffix(" s") })
        #expect(
            Set(rows.map { $0[2] + " " + $0[5] }) == ["track2 6 d", "verification-code 14 min"])
        #expect(try vault.leaks(of: [track], in: run).isEmpty)
        let holds = try array("holds", of: vault.run("hold", "list", "--json").output)
        #expect(
            holds.allSatisfy {
                Set($0.keys) == ["id", "scope", "kind", "created", "expires", "expired"]
                    && $0["expired"] as? Bool == false
            } && holds.count == 2)
    }

    @Test func `list shows none where there is none`() async throws {
        let vault = try await ToolVault()
        #expect(
            try vault.run("hold", "list")
                == .init(output: "HOLD  SCOPE  KIND  CREATED  AGE  LEFT\n"))
        #expect(try vault.run("hold", "list", "--json") == .init(output: #"{"holds":[]}"# + "\n"))
    }

    @Test(arguments: [
        (0, 60, 0, "0 s", "60 s"), (119, 300, 0, "119 s", "3 min"), (60, 60, 0, "60 s", "expired"),
        (7200, 7000, 0, "2 h", "expired"), (172_800, 604_800, 0, "2 d", "5 d"),
        (0, 60, 5, "0 s", "65 s"),
    ])
    func `rows say how old a hold is and how long it is left`(
        age: UInt64, lifetime: UInt64, ahead: UInt64, old: String, left: String
    ) throws {
        let now = try #require(Timestamp(milliseconds: 1_800_000_000_000))
        func moment(_ seconds: UInt64) throws -> Timestamp {
            try #require(
                Timestamp(milliseconds: now.milliseconds + (ahead + seconds) * 1000 - age * 1000))
        }
        let facts = try HoldFacts(kind: .track1, created: moment(0), expires: moment(lifetime))
        let row = HoldRow(
            ListedHold(
                HoldRecord(
                    id: try #require(HoldID(bytes: Array(repeating: 7, count: 16))),
                    scope: try #require(ScopeID("shop")), key: KeyNumber(rawValue: 1), box: [],
                    facts: facts)), at: now)
        #expect(row.cells[4...] == [old, left])
        #expect(row.expired == (left == "expired"))
    }

    @Test func `sweep removes what is over, and nothing else`() async throws {
        let vault = try await ToolVault()
        // More than the opening of a vault removes by itself.
        let past = try #require(Timestamp(iso8601: "2026-01-01"))
        _ = try await vault.hold(at: past) { scope in
            for _ in 0..<70 {
                let code = try CardVerificationCode("737".utf8.span)
                _ = try await scope.hold(code, for: .seconds(60))
            }
            return []
        }
        let kept = try await vault.hold { scope in
            [try await scope.hold(CardVerificationCode("737".utf8.span), for: .seconds(900)).id]
        }
        let run = try vault.run("hold", "sweep")
        #expect(
            run.output.wholeMatch(
                of: /Removed because their time was over: cards: 0, holds: [0-9]+\.\n/) != nil)
        #expect(try vault.query("SELECT count(*) FROM holds") == 1)
        #expect(try vault.run("hold", "list").output.contains(kept[0].description))
        #expect(
            try vault.run("hold", "sweep", "--json")
                == .init(output: #"{"cards":0,"holds":0}"# + "\n")
        )
    }
}

extension ToolVault {
    /// Lends the scope `default`, opened in this process at a moment.
    fileprivate func hold(
        at moment: Timestamp? = nil, _ body: (Scope) async throws -> [HoldID]
    ) async throws -> [HoldID] {
        let keyring = try KeyringFile.unlock(
            at: scratch.file("keyring.json"),
            with: .passphrase(Passphrase(Self.passphrase.utf8.span)))
        let vault = try await Vault(
            keyring: keyring, store: SQLiteStore(path: scratch.file("cards.db")),
            patience: .seconds(3_600), now: { moment ?? .now() })
        return try await body(vault.scope("default"))
    }
}
