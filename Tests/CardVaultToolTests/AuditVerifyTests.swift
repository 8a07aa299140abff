// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultSQLite
@testable import CardVaultTool

@Suite("audit verify") struct AuditVerifyTests {
    /// Exchanges the entries 2 and 3.
    static let swap = """
        CREATE TEMP TABLE kept AS SELECT * FROM audit WHERE sequence IN (2, 3);
        UPDATE audit SET entry = (SELECT entry FROM kept WHERE sequence = 5 - audit.sequence)
        WHERE sequence IN (2, 3)
        """
    /// Writes over one byte of the time of entry 3.
    static let edit = """
        UPDATE audit SET entry = CAST(
        substr(entry, 1, 58) || x'7f' || substr(entry, 60) AS BLOB) WHERE sequence = 3
        """
    static let last = "(SELECT max(sequence) FROM audit)"

    @Test func `says what is whole, and what nobody outside vouches for`() async throws {
        let vault = try await ToolVault()
        let last = try vault.lastEntry()
        #expect(
            try vault.verify()
                == .init(
                    output: """
                        Verified: entries 1 to \(last).
                        The sealed end of the log is there, after entry \(last).
                        Whoever holds the keys could have rewritten entries 1 to \(last): \
                        no anchor has seen them.

                        """))
        #expect(
            try vault.verify("--json")
                == .init(
                    output: """
                        {"anchoredThrough":null,"complete":true,"fault":null,"first":1,\
                        "last":\(last)}

                        """))
    }

    @Test func `writes nothing`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("audit", "tail").status == 0)  // so that there is a log of SQLite's
        let before = try vault.files()
        #expect(try vault.verify().status == 0)
        #expect(try vault.files() == before)
    }

    @Test(arguments: [
        (edit, "altered", 3, "Entry 3 was altered."), (swap, "altered", 2, "Entry 2 was altered."),
        ("DELETE FROM audit WHERE sequence = 1", "missing", 1, "Entry 1 is missing."),
        ("DELETE FROM audit WHERE sequence = 3", "missing", 3, "Entry 3 is missing."),
        (
            "UPDATE audit SET sequence = 0 WHERE sequence = 1", "inserted", 0,
            "Entry 0 was inserted."
        ),
        (
            "UPDATE audit SET entry = (SELECT entry FROM audit WHERE sequence = 1) "
                + "WHERE sequence = 2",
            "altered", 2, "Entry 2 was altered."
        ),
    ])
    func `finds what was altered, and where first`(
        sql: String, kind: String, sequence: Int, sentence: String
    ) async throws {
        let vault = try await ToolVault()
        try vault.execute(sql)
        let run = try vault.verify("--json")
        #expect(run.status == 5 && run == .fault(sentence, output: run.output))
        let fault = try object(run.output)["fault"] as? [String: Any]
        #expect(fault?["kind"] as? String == kind && fault?["sequence"] as? Int == sequence)
        #expect(try vault.verify() == .fault(sentence))
    }

    @Test(arguments: [
        ("DELETE FROM audit WHERE sequence = \(last)", 0, "Entry %d is missing."),
        (
            "INSERT INTO audit SELECT sequence + 1, entry FROM audit WHERE sequence = \(last)", 1,
            "Entry %d was altered."
        ),
        ("DELETE FROM audit_heads", 0, "The sealed end of the log, after entry %d, was altered."),
        (
            "UPDATE audit_heads SET first_kept = 2", 0,
            "The sealed end of the log, after entry %d, was altered."
        ),
    ])
    func `finds what was done to the end`(
        sql: String, offset: Int64, sentence: String
    ) async throws {
        let vault = try await ToolVault()
        let sequence = try vault.lastEntry() + offset
        try vault.execute(sql)
        #expect(
            try vault.verify() == .fault(sentence.replacing("%d", with: String(sequence))))
    }

    @Test func `finds a copy of before put back by an anchor alone`() async throws {
        let vault = try await ToolVault()
        let copy = try #require(vault.scratch.read("cards.db"))
        let last = try vault.lastEntry()
        #expect(try vault.run("audit", "anchor", "--to", "anchors").status == 0)
        try vault.replaceStore(by: copy)
        #expect(try vault.verify().status == 0)
        #expect(try vault.verify("--anchor", "anchors") == .fault("Entry \(last + 1) is missing."))
    }

    @Test func `says how far an anchor vouches`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("audit", "anchor", "--to", "anchors").status == 0)
        let anchored = try vault.lastEntry()
        let whole = try vault.verify("--anchor", "anchors").output
        #expect(whole.hasSuffix("Up to entry \(anchored) an anchor vouches for the log.\n"))
        #expect(try vault.run("scope", "list").status == 0)
        #expect(
            try vault.verify("--anchor", "anchors").output.hasSuffix(
                "Whoever holds the keys could have rewritten entry \(anchored + 1): "
                    + "no anchor has seen it.\n"))
        let json = try object(vault.verify("--anchor", "anchors", "--json").output)
        #expect(json["anchoredThrough"] as? Int64 == anchored)
    }

    @Test func `finds another history than was anchored`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("audit", "anchor", "--to", "anchors").status == 0)
        let anchor = try #require(vault.scratch.text("anchors"))
        let start = try #require(anchor.range(of: #""head":""#)).upperBound
        let zeros = String(repeating: "0", count: 64)
        let other = anchor[..<start] + zeros + anchor[start...].dropFirst(64)
        try vault.scratch.write(other.utf8, to: "anchors")
        let last = try vault.lastEntry()
        #expect(
            try vault.verify("--anchor", "anchors")
                == .fault("The log up to entry \(last) is not the one that was anchored."))
    }

    @Test func `refuses what are no anchors of this vault`() async throws {
        let vault = try await ToolVault()
        #expect(try vault.run("audit", "anchor", "--to", "anchors").status == 0)
        let anchor = try #require(vault.scratch.text("anchors"))
        let badLine = "Line 1 of the anchor file is no anchor."
        let hint = "Look at --anchor: anchors that were changed are evidence."
        for text in ["\n", "{}\n", "anchor", " " + anchor] {
            try vault.scratch.write(text.utf8, to: "bad")
            #expect(try vault.verify("--anchor", "bad") == .refusal(5, badLine, hint), "\(text)")
            // Beside an anchor it may be what a full disk tore.
            try vault.scratch.write((anchor + text).utf8, to: "torn")
            let run = try vault.verify("--anchor", "torn")
            #expect(run.status == 0)
            #expect(run.error == "Lines that are no anchors: 1, the first is 2.\n", "\(text)")
        }
        let start = try #require(anchor.range(of: #""vault":""#)).upperBound
        let zeros = String(repeating: "0", count: 32)
        let other = anchor[..<start] + zeros + anchor[start...].dropFirst(32)
        try vault.scratch.write(other.utf8, to: "bad")
        #expect(
            try vault.verify("--anchor", "bad")
                == .refusal(
                    5, "The store belongs to another vault.",
                    "Give the keyring and the store of one vault."))
    }

    @Test(arguments: ["--anchor", "--export"])
    func `refuses a file that is not there or cannot be read`(option: String) async throws {
        let vault = try await ToolVault()
        let hint = "Look at the disk and the permissions."
        #expect(
            try vault.verify(option, "none")
                == .refusal(4, "The system cannot open a file: system error 2.", hint))
        #expect(
            try vault.verify(option, ".")
                == .refusal(4, "The system cannot read a file: system error 21.", hint))
    }

    @Test func `finds no fault in a store of a release without a log`() throws {
        let golden = try GoldenFiles()
        #expect(
            try golden.run("audit", "verify") == .init(output: "There is no entry to verify.\n"))
        #expect(try golden.run("scope", "list").status == 0)
        #expect(
            try golden.run("audit", "verify").output.hasPrefix("Verified: entries 1 to "))
    }
}
