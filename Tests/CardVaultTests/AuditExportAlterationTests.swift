// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardVault
internal import Foundation
internal import Testing

@Suite("Altered export of an audit log") struct AuditExportAlterationTests {
    @Test func `shows every line that was removed`() async throws {
        let exported = try await AuditExported.shared.value
        let lines = exported.lines
        var foundCount = 0
        for index in lines.indices {
            var changed = lines
            changed.remove(at: index)
            let verdict = try exported.bench.verdict(ofExport: changed)
            let missing = AuditFault(kind: .missing, sequence: UInt64(index + 1))
            let isFound =
                switch index {
                case 0: verdict.first == 2  // an export may begin anywhere, and says where
                case lines.count - 1: !verdict.isComplete
                default: verdict.fault == missing
                }
            if isFound { foundCount += 1 }
        }
        #expect(foundCount == lines.count)
    }

    @Test func `shows every two lines that changed places`() async throws {
        let exported = try await AuditExported.shared.value
        let lines = exported.lines
        for index in 0..<lines.count - 2 {
            let swapped = [lines[index + 1], lines[index]] + lines[(index + 2)...]
            #expect(try exported.fault(keeping: index, then: swapped) != nil)
        }
    }

    @Test func `shows every line that is there twice`() async throws {
        let exported = try await AuditExported.shared.value
        for index in 0..<exported.lines.count - 1 {
            let fault = AuditFault(kind: .inserted, sequence: UInt64(index + 1))
            let rest = exported.lines[index...]
            #expect(try exported.fault(keeping: index + 1, then: rest) == fault)
        }
    }

    @Test func `shows every line that was cut off, but for the place of the cut`() async throws {
        let exported = try await AuditExported.shared.value
        for count in 0..<exported.lines.count {
            var check = exported.checks[count]
            let verdict = check.finish()
            #expect(verdict.fault == nil && !verdict.isComplete && verdict.last == UInt64(count))
            guard (1..<exported.lines.count - 1).contains(count) else { continue }
            let missing = AuditFault(kind: .missing, sequence: UInt64(count + 1))
            let end = exported.lines.suffix(1)
            #expect(try exported.fault(keeping: count, then: end) == missing)
        }
    }

    /// Every line, in the first character of each part that people read.
    @Test func `shows every field of every line that was changed`() async throws {
        let exported = try await AuditExported.shared.value
        let names = [
            "key", "entry", "sequence", "time", "actor", "action", "outcome", "purpose", "origin",
            "scope", "asked", "ids",
        ]
        var foundCount = 0
        for index in 0..<exported.lines.count - 1 {
            for name in names {
                let line = exported.lines[index]
                let field = try #require(line.firstRange(of: "\"\(name)\":"))
                let value = line[field.upperBound...].firstIndex { $0 != "\"" && $0 != "[" }
                let place = try #require(value)
                let changed = replaced(line, at: place, with: line[place] == "1" ? "2" : "1")
                let fault = AuditFault(kind: .altered, sequence: UInt64(index + 1))
                if try exported.fault(keeping: index, then: [changed]) == fault { foundCount += 1 }
            }
        }
        #expect(foundCount == (exported.lines.count - 1) * names.count)
    }

    @Test(arguments: [0, 9, 24]) func `shows every character of a line that was changed`(
        index: Int
    ) async throws {
        let exported = try await AuditExported.shared.value
        let line = exported.lines[index]
        let rest = exported.lines[(index + 1)...].prefix(2)
        var count = 0
        for place in line.indices {
            for character in "0A~ \"\\é" where character != line[place] {
                let changed = replaced(line, at: place, with: character)
                #expect(try exported.fault(keeping: index, then: [changed] + rest) != nil)
                count += 1
            }
        }
        #expect(count > 6 * line.count)
    }

    @Test func `shows every character of its last line that was changed`() async throws {
        let exported = try await AuditExported.shared.value
        let line = try #require(exported.lines.last)
        let count = exported.lines.count - 1
        for place in line.indices {
            for character in "0a9 " where character != line[place] {
                let changed = replaced(line, at: place, with: character)
                #expect(try exported.fault(keeping: count, then: [changed]) != nil)
            }
        }
    }

    private func replaced(
        _ line: String, at place: String.Index, with character: Character
    ) -> String {
        line[..<place] + String(character) + line[line.index(after: place)...]
    }

    /// A sign that Unicode holds for the same as another is another byte.
    @Test func `shows a letter that was replaced by its double`() async throws {
        let bench = try await Bench(.memory)
        _ = await code { try await bench.vault.scope("nobody", as: "K; Karl") }
        let lines = try await bench.export()
        var foundCount = 0
        for (letter, double) in [("K", "\u{212a}"), (";", "\u{37e}")] {
            let changed = lines.map { line in
                line.replacing(
                    "\"actor\":\"K; Karl\"",
                    with: "\"actor\":\"K; Karl\"".replacing(letter, with: double))
            }
            #expect(!changed.elementsEqual(lines) { $0.utf8.elementsEqual($1.utf8) })
            if try bench.verdict(ofExport: changed).fault != nil { foundCount += 1 }
        }
        #expect(foundCount == 2)
    }

    @Test(arguments: [0, 1 << 63, .max] as [UInt64])
    func `shows an entry in no place`(_ place: UInt64) async throws {
        let sample = try await AuditSample.thousand.value
        let stored = sample.entries[0].bytes
        let line = ExportedAuditEntry(
            try #require(AuditEntry(bytes: stored)), keyID: sample.keys.auditKey.key.id
        ).json
        let changed =
            line
            .replacing(base64(stored), with: base64(sample.forged(stored, place)))
            .replacing("\"sequence\":1,", with: "\"sequence\":\(place),")
        #expect(changed != line)
        #expect(try sample.bench.verdict(ofExport: [changed]).fault != nil)
    }

    private func base64(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    @Test func `shows a line that is none`() async throws {
        let exported = try await AuditExported.shared.value
        for line in [
            "", " ", "{}", "null", "\u{feff}" + exported.lines[5], exported.lines[5] + " ",
        ] {
            let fault = AuditFault(kind: .altered, sequence: 6)
            #expect(try exported.fault(keeping: 5, then: [line]) == fault)
        }
    }

    @Test func `takes no line after its last`() async throws {
        let exported = try await AuditExported.shared.value
        let count = exported.lines.count
        for line in exported.lines.suffix(2) + [""] {
            let refused = await refusal { try exported.fault(keeping: count, then: [line]) }
            #expect(refused == VaultError(.auditFile, subject: "line \(count + 1)"))
        }
    }
}
