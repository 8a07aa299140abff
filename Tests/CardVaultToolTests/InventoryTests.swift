// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("inventory") struct InventoryTests {
    @Test func `counts what needs each key`() async throws {
        let vault = try await ToolVault()
        let keys = try array("keys", of: vault.run("inventory", "--json").output)
        #expect(
            keys.allSatisfy {
                Set($0.keys) == [
                    "id", "purpose", "scope", "state", "fence", "kcv", "created", "age",
                    "originatorDaysLeft", "recipientDaysLeft", "records", "fingerprints", "holds",
                    "wrappedKeys", "auditEntries", "sealsRows",
                ]
            })
        func counts(_ name: String) -> [String: Int] {
            var counts: [String: Int] = [:]
            for key in keys {
                guard let count = key[name] as? Int, count > 0 else { continue }
                counts["\(key["purpose"] ?? "") \(key["scope"] as? String ?? "")"] = count
            }
            return counts
        }
        #expect(counts("records") == ["data default": 1])
        #expect(counts("fingerprints") == ["fingerprint default": 1])
        #expect(counts("wrappedKeys") == ["scope default": 2, "scope acme": 2])
        #expect(counts("holds").isEmpty && Array(counts("auditEntries").keys) == ["audit "])
        #expect(keys.filter { $0["sealsRows"] as? Bool == true }.count == 1)
        #expect(keys.allSatisfy { $0["age"] as? Int == 0 })
        #expect(keys.allSatisfy { $0["originatorDaysLeft"] as? Int == 729 })
        #expect(keys.allSatisfy { $0["recipientDaysLeft"] as? Int == 1824 })
    }

    @Test func `shows people a row for each key`() async throws {
        let vault = try await ToolVault()
        let run = try vault.run("inventory")
        let rows = run.output.split(separator: "\n").map { $0.split(separator: /\s\s+/) }
        #expect(
            rows[0] == [
                "KEY", "KCV", "PURPOSE", "SCOPE", "STATE", "FENCE", "AGE", "SEALS", "OPENS",
                "NEEDED BY",
            ])
        #expect(rows.count == 10 && run.error.isEmpty)
        let data = try #require(rows.first { $0[2] == "data" && $0[3] == "default" })
        #expect(data[4...] == ["active", "sealing", "0 d", "729 d", "1824 d", "1 card"])
    }

    @Test func `marks a key that is past a period`() async throws {
        let vault = try await ToolVault()
        try await vault.addOldScope()
        try vault.run("key", "period", "data", "--originator", "3", "--recipient", "7")
        let row = try #require(
            vault.run("inventory").output.split(separator: "\n").first {
                $0.contains("data") && $0.contains("old")
            })
        #expect(row.contains("10 d  ! 8 d over  ! 4 d over  nothing"), "\(row)")
        let key = try vault.keys("data", of: "old")[0]
        #expect(key["originatorDaysLeft"] as? Int == -8)
        #expect(key["recipientDaysLeft"] as? Int == -4)
    }

    @Test func `leaves periods out of a key that is gone`() async throws {
        let vault = try await ToolVault()
        try vault.run("key", "rotate", "data")
        let old = try vault.key("data", of: "default", "deactivated")
        #expect(try vault.run("key", "destroy", old, "--yes").status == 0)
        let key = try #require(
            vault.keys("data", of: "default").first { $0["id"] as? String == old })
        for name in ["kcv", "originatorDaysLeft", "recipientDaysLeft"] {
            #expect(key[name] is NSNull)
        }
    }
}

@Suite("key period") struct KeyPeriodTests {
    @Test func `shows what NIST recommends until it is set`() async throws {
        let vault = try await ToolVault()
        #expect(
            try vault.run("key", "period").output == """
                PURPOSE      SEALS  OPENS
                scope        730 d  1825 d
                data         730 d  1825 d
                fingerprint  730 d  1825 d
                hold         730 d  1825 d
                audit        730 d  1825 d
                seal         730 d  1825 d

                """)
    }

    @Test func `is set for a purpose`() async throws {
        let vault = try await ToolVault()
        let run = try vault.run(
            "key", "period", "hold", "--originator", "30", "--recipient", "37", "--json")
        let periods = try array("periods", of: run.output)
        let hold = try #require(periods.first { $0["purpose"] as? String == "hold" })
        #expect(hold["originatorDays"] as? Int == 30 && hold["recipientDays"] as? Int == 37)
        #expect(periods.count == 6)
        #expect(try vault.run("key", "period").output.contains("hold         30 d   37 d\n"))
    }

    @Test(arguments: [
        ["hold"], ["hold", "--originator", "1"], ["--originator", "1", "--recipient", "2"],
        ["hold", "--originator", "0", "--recipient", "2"],
        ["hold", "--originator", "3", "--recipient", "2"],
        ["hold", "--originator", "3", "--recipient", "36501"],
        ["root", "--originator", "1", "--recipient", "2"],
    ])
    func `refuses what is no period`(options: [String]) async throws {
        let vault = try await ToolVault()
        let before = try vault.contents()
        #expect(try vault.runJob(["key", "period"] + options).isRefusal(2))
        #expect(try vault.contents() == before)
    }
}
