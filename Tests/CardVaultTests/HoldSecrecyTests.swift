// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault
@testable internal import CardVaultSQLite
internal import Foundation
internal import TestSupport
internal import Testing

/// What the files of a vault show of what was held: nothing.
@Suite("What is said of a hold") struct HoldSecrecyTests {
    private static func digits(_ count: Int) -> String {
        (0..<count).map { _ in String(Int.random(in: 0...9)) }.joined()
    }

    private static func found(_ texts: [String], in folder: String) throws -> [String] {
        try texts.filter { try Forms(of: Array($0.utf8)).lie(in: folder) }
    }

    /// Tracks that nobody has, with what stands out in each.
    private struct Canary {
        let field = "9\(digits(11))"
        let name = String((0..<20).map { _ in "ABCDEFGHIJKLMNOPQRSTUVWXYZ".randomElement() ?? "A" })

        var track1: String { "%B4111111111111111^A/\(name)^3012101\(field)?" }
        var track2: String { ";378282246310005=3012101\(field)?" }
        var texts: [String] {
            [name, field, track1, track2, String(track2.dropFirst().dropLast())]
        }
    }

    @Test func `is found by the search in every form`() throws {
        let canary = Canary()
        let scratch = FileManager.default.temporaryDirectory
            .appending(path: "canary-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: scratch) }
        #expect(try Self.found(canary.texts, in: scratch.path).isEmpty)
        for text in canary.texts {
            let forms = Forms(of: Array(text.utf8)).all
            #expect(forms.count == (text == canary.field ? 12 : 8))
            for form in forms {
                #expect(form.count >= 5)
                let bytes = Data([1, 2, 3]) + form + Data([4])
                try bytes.write(to: scratch.appending(path: "file"))
                #expect(try Self.found([text], in: scratch.path) == [text])
            }
        }
    }

    @Test func `lies in no file of a vault, held or redeemed`() async throws {
        let bench = try await Bench()
        let scope = try await bench.scope()
        let canaries = (0..<8).map { _ in Canary() }
        // Neither the text of a handle nor its secret is stored; its id is.
        var handles: [[UInt8]] = []
        var texts: [[UInt8]] = []
        for (index, canary) in canaries.enumerated() {
            let handle: HoldHandle
            if index.isMultiple(of: 2) {
                handle = try await scope.hold(Held.track1(canary.track1), for: .seconds(600))
            } else {
                handle = try await scope.hold(Held.track2(canary.track2), for: .seconds(600))
            }
            let secret = handle.withSecret { secret -> [UInt8] in
                secret.indices.map { secret[$0] }
            }
            texts.append(text(handle))
            handles += [Array(text(handle)[30...]), secret]
        }
        try expectNothing(canaries, handles, bench)
        for (index, text) in texts.prefix(4).enumerated() {
            let handle = try HoldHandle(text.span)
            let isFirst = index.isMultiple(of: 2)
            let expected = isFirst ? canaries[index].track1 : canaries[index].track2
            let found = try await scope.text(isFirst ? .track1 : .track2, of: handle)
            #expect(found == expected)
        }
        try expectNothing(canaries, handles, bench)
        try await (bench.store as? SQLiteStore)?.checkpoint()
        #expect(try await holds(bench).count == 4)
        try expectNothing(canaries, handles, bench)
    }

    private func expectNothing(
        _ canaries: [Canary], _ handles: [[UInt8]], _ bench: Bench
    ) throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: bench.folder)
        #expect(Set(files).isSuperset(of: ["cards.db", "cards.db-wal", "keyring.json"]))
        #expect(try Self.found(canaries.flatMap(\.texts), in: bench.folder) == [])
        for handle in handles { #expect(try !Forms(of: handle).lie(in: bench.folder)) }
    }

    @Test func `is of one size for every content of a kind`() async throws {
        let bench = try await Bench(.memory)
        let scope = try await bench.scope()
        for text in [";00000000===?", ";4111111111111111=3012101\(Self.digits(12))?"] {
            _ = try await scope.hold(Track2(text.utf8.span, luhn: .ignored), for: .seconds(86_400))
        }
        for text in ["%B00000000^A/^^^?", Canary().track1] {
            _ = try await scope.hold(Track1(text.utf8.span, luhn: .ignored), for: .seconds(86_400))
        }
        for text in ["123", "1234"] {
            _ = try await scope.hold(Held.code(text), for: .seconds(86_400))
        }
        let records = try await bench.store.read { reader throws(StoreError) in
            try reader.holds()
        }
        #expect(records.count == 6)
        for kind in HoldKind.allCases {
            let counts = records.filter { $0.facts.kind == kind }.map(\.box.count)
            #expect(counts == [kind.boxByteCount, kind.boxByteCount])
        }
    }

    @Test func `shows no track in what describes a hold or an error`() async throws {
        let bench = try await Bench(.memory)
        let scope = try await bench.scope()
        let canary = Canary()
        let handle = try await scope.hold(Held.track2(canary.track2), for: .seconds(86_400))
        let other = try await bench.scope("acme")
        let errors = [
            await refusal { try await scope.text(.track1, of: handle) },
            await refusal { try await other.text(.track2, of: handle) },
            await refusal {
                try await scope.redeem(handle, purpose: canary.track2) { (_: borrowing Track2) in }
            },
        ]
        var texts = errors.map { String(reflecting: $0) }
        #expect(errors.map(\.?.code) == [.otherKind, .notFound, .badPurpose])
        for hold in try await holds(bench) {
            texts += [String(describing: hold), String(reflecting: hold)]
        }
        for text in texts {
            #expect(!canary.texts.contains { text.contains($0) })
        }
    }
}
