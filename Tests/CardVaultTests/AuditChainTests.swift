// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardVault
internal import TestSupport
internal import Testing

@Suite("Record of deeds") struct AuditChainTests {
    /// An event without its time.
    private struct Line: Equatable {
        let action: AuditAction
        let outcome: AuditOutcome
        var purpose: String?
        var subject = AuditSubject.none
    }

    private static let time = Timestamp(milliseconds: 1_900_000_000_000)
    private static let actor = "settler"
    private static let origin = "10.0.0.7"

    /// A vault whose clock stands still, and a scope of it that somebody asked for.
    private struct Desk {
        let bench: Bench
        let scope: Scope

        init(_ kind: StoreKind) async throws {
            bench = try await Bench(kind) { AuditChainTests.time ?? .now() }
            _ = try await bench.scope()
            scope = try await bench.vault.scope("default", as: actor, from: origin)
        }

        /// What went on record while `body` ran: all of it by who asked, there and then.
        func lines(_ body: (Scope) async throws -> Void) async throws -> [Line] {
            try await bench.recorded { try await body(scope) }.map { event in
                #expect(event.time == AuditChainTests.time)
                #expect(event.actor == actor && event.origin == origin)
                #expect(event.scope == scope.id)
                return Line(
                    action: event.action, outcome: event.outcome, purpose: event.purpose,
                    subject: event.subject)
            }
        }
    }

    @Test(arguments: StoreKind.allCases) func `a card number given back`(_ kind: StoreKind)
        async throws
    {
        let desk = try await Desk(kind)
        let token = try await desk.scope.tokenize(PAN(Cards.visa)).token
        let lines = try await desk.lines { _ = try await $0.detokenize(token, purpose: "settle") }
        let done = Line(
            action: .detokenize, outcome: .done, purpose: "settle", subject: .token(token))
        #expect(lines == [done])
        #expect(try await desk.bench.isLogSound())
    }

    @Test(arguments: StoreKind.allCases) func `a token that is not there`(_ kind: StoreKind)
        async throws
    {
        let desk = try await Desk(kind)
        let token = StoreSamples.token(1)
        let lines = try await desk.lines { scope in
            #expect(
                await code { try await scope.detokenize(token, purpose: "settle") } == .notFound)
        }
        let refused = Line(
            action: .detokenize, outcome: .refused(.notFound), purpose: "settle",
            subject: .token(token))
        #expect(lines == [refused])
    }

    @Test func `a card that was altered`() async throws {
        let desk = try await Desk(.sqlite)
        let token = try await desk.scope.tokenize(PAN(Cards.visa)).token
        try desk.bench.tamper("UPDATE cards SET brand = 3")
        let lines = try await desk.lines { scope in
            #expect(await code { try await scope.detokenize(token, purpose: "a") } == .integrity)
            #expect(await code { try await scope.find(PAN(Cards.visa)) } == .integrity)
            #expect(await code { try await scope.tokenize(PAN(Cards.visa)) } == .integrity)
        }
        let refused = [
            Line(
                action: .detokenize, outcome: .refused(.integrity), purpose: "a",
                subject: .token(token)),
            Line(action: .find, outcome: .refused(.integrity), subject: .token(token)),
            Line(action: .tokenize, outcome: .refused(.integrity), subject: .token(token)),
        ]
        #expect(lines == refused)
    }

    @Test func `a purpose that is refused, without it`() async throws {
        let desk = try await Desk(.memory)
        let token = try await desk.scope.tokenize(PAN(Cards.visa)).token
        let lines = try await desk.lines { scope in
            #expect(await code { try await scope.detokenize(token, purpose: "") } == .badPurpose)
        }
        let refused = Line(
            action: .detokenize, outcome: .refused(.badPurpose), subject: .token(token))
        #expect(lines == [refused])
    }

    @Test(arguments: StoreKind.allCases)
    func `a batch once, and once for each kind of failure`(_ kind: StoreKind) async throws {
        let desk = try await Desk(kind)
        let results = try await desk.scope.tokenize(Cards.batch(0..<5))
        let tokens = try results.map { try $0.get().token }
        let missing = (0..<3).map(StoreSamples.token)
        let asked = [missing[0]] + tokens + missing[1...]
        let lines = try await desk.lines {
            let batch = try await $0.detokenize(asked, purpose: "settle")
            #expect(batch.count == 8)
        }
        let expected = [
            Line(
                action: .detokenize, outcome: .done, purpose: "settle",
                subject: .tokens(tokens, askedCount: 8)),
            Line(
                action: .detokenize, outcome: .refused(.notFound), purpose: "settle",
                subject: .tokens(missing, askedCount: 8)),
        ]
        #expect(lines == expected)
    }

    @Test func `a batch with altered cards`() async throws {
        let desk = try await Desk(.sqlite)
        let tokens = try await desk.scope.tokenize(Cards.batch(0..<2)).map { try $0.get().token }
        try desk.bench.tamper(
            "UPDATE cards SET brand = 3 WHERE token = X'\(hex(tokens[1].stored))'")
        let lines = try await desk.lines {
            _ = try await $0.detokenize(tokens, purpose: "settle").count
        }
        let subjects = tokens.map { AuditSubject.tokens([$0], askedCount: 2) }
        #expect(lines.map(\.outcome) == [.done, .refused(.integrity)])
        #expect(lines.map(\.subject) == subjects)
    }

    @Test func `a batch of nothing but failures, without a success`() async throws {
        let desk = try await Desk(.memory)
        let missing = (0..<3).map(StoreSamples.token)
        let lines = try await desk.lines {
            _ = try await $0.detokenize(missing, purpose: "settle").count
        }
        #expect(lines.map(\.outcome) == [.refused(.notFound)])
        #expect(lines.map(\.subject) == [.tokens(missing, askedCount: 3)])
    }

    @Test func `1,024 tokens once, 1,025 twice`() async throws {
        let desk = try await Desk(.memory)
        let tokens = try await desk.scope.tokenize(Cards.batch(0..<1_025)).map {
            try $0.get().token
        }
        for count in [1_024, 1_025] {
            let asked = Array(tokens.prefix(count))
            let lines = try await desk.lines {
                _ = try await $0.detokenize(asked, purpose: "settle").count
            }
            let subjects =
                [AuditSubject.tokens(Array(tokens.prefix(1_024)), askedCount: count)]
                + (count == 1_025 ? [.tokens([tokens[1_024]], askedCount: count)] : [])
            #expect(lines.map(\.subject) == subjects)
        }
        #expect(try await desk.bench.isLogSound())
    }

    @Test(arguments: StoreKind.allCases)
    func `a card looked for, there or not`(_ kind: StoreKind) async throws {
        let desk = try await Desk(kind)
        let token = try await desk.scope.tokenize(PAN(Cards.visa)).token
        let lines = try await desk.lines {
            _ = try await $0.find(PAN(Cards.visa))
            _ = try await $0.find(PAN(Cards.mastercard))
        }
        let expected = [
            Line(action: .find, outcome: .found, subject: .token(token)),
            Line(action: .find, outcome: .missing),
        ]
        #expect(lines == expected)
    }

    @Test(arguments: StoreKind.allCases)
    func `a batch looked for once, with what was found`(_ kind: StoreKind) async throws {
        let desk = try await Desk(kind)
        let tokens = try await desk.scope.tokenize(Cards.batch(0..<3)).map { try $0.get().token }
        let lines = try await desk.lines {
            _ = try await $0.find(Cards.batch(0..<9))
            _ = try await $0.find(Cards.batch(100..<105))
        }
        let expected = [
            Line(action: .find, outcome: .done, subject: .tokens(tokens, askedCount: 9)),
            Line(action: .find, outcome: .done, subject: .tokens([], askedCount: 5)),
        ]
        #expect(lines == expected)
    }

    @Test(arguments: StoreKind.allCases)
    func `not a new card, but one that was there`(_ kind: StoreKind) async throws {
        let desk = try await Desk(kind)
        let new = try await desk.lines { _ = try await $0.tokenize(PAN(Cards.visa)) }
        #expect(new.isEmpty)
        let token = try await desk.scope.find(PAN(Cards.visa))?.token
        let again = try await desk.lines { _ = try await $0.tokenize(PAN(Cards.visa)) }
        let found = Line(
            action: .tokenize, outcome: .found, subject: .token(try #require(token)))
        #expect(again == [found])
    }

    @Test(arguments: StoreKind.allCases)
    func `the cards of a batch that were there, once`(_ kind: StoreKind) async throws {
        let desk = try await Desk(kind)
        let new = try await desk.lines { _ = try await $0.tokenize(Cards.batch(0..<3)) }
        #expect(new.isEmpty)
        let tokens = try await desk.scope.tokenize(Cards.batch(0..<3)).map { try $0.get().token }
        let again = try await desk.lines { _ = try await $0.tokenize(Cards.batch(0..<5)) }
        let found = Line(
            action: .tokenize, outcome: .found, subject: .tokens(tokens, askedCount: 5))
        #expect(again == [found])
    }

    @Test func `rows that are no card numbers, and cards too short for a format`() async throws {
        let desk = try await Desk(.memory)
        let lines = try await desk.lines { scope in
            var batch = CardBatch(capacity: 2)
            batch.append("12".utf8.span)
            batch.append(Cards.visa.utf8.span)
            _ = try await scope.tokenize(batch)
            let narrow = await code {
                try await scope.tokenize(PAN(Cards.amex), format: .binLastFour)
            }
            #expect(narrow == .formatTooNarrow)
        }
        let expected = [
            Line(
                action: .tokenize, outcome: .refused(.badPAN),
                subject: .tokens([], askedCount: 2)),
            Line(action: .tokenize, outcome: .refused(.formatTooNarrow)),
        ]
        #expect(lines == expected)
    }

    /// And with the tokens of the cards that were there.
    @Test(arguments: StoreKind.allCases)
    func `an import once a batch, with how many rows it had`(_ kind: StoreKind) async throws {
        let desk = try await Desk(kind)
        let lines = try await desk.lines {
            _ = try await $0.importCards(Cards.batch(0..<7), format: .opaque)
            _ = try await $0.importCards(Cards.batch(5..<9), format: .opaque)
        }
        #expect(lines.map(\.action) == [.import, .import, .import])
        #expect(lines.map(\.outcome) == [.done, .done, .found])
        #expect(lines[0].subject == .tokens([], askedCount: 7))
        guard case .tokens(let hits, 4) = lines[2].subject else {
            Issue.record("not the tokens of a batch of four")
            return
        }
        #expect(hits.count == 2)
    }

    @Test(arguments: StoreKind.allCases)
    func `a card removed, and one that is not there`(_ kind: StoreKind) async throws {
        let desk = try await Desk(kind)
        let token = try await desk.scope.tokenize(PAN(Cards.visa)).token
        let lines = try await desk.lines { scope in
            try await scope.delete(token)
            #expect(await code { try await scope.delete(token) } == .notFound)
        }
        #expect(lines.map(\.outcome) == [.done, .refused(.notFound)])
        #expect(lines.allSatisfy { $0.action == .delete && $0.subject == .token(token) })
    }

    @Test(arguments: StoreKind.allCases)
    func `a longer life, and one that is refused`(_ kind: StoreKind) async throws {
        let desk = try await Desk(kind)
        let token = try await desk.scope.tokenize(PAN(Cards.visa), for: .seconds(60)).token
        let lines = try await desk.lines { scope in
            _ = try await scope.extend(token, until: moment(1_900_000_120_000))
            let end = try moment(1_900_000_001_000)
            #expect(await code { try await scope.extend(token, until: end) } == .badLifetime)
        }
        #expect(lines.map(\.outcome) == [.done, .refused(.badLifetime)])
        #expect(lines.allSatisfy { $0.action == .extend && $0.subject == .token(token) })
    }

    @Test func `what may not be shown`() async throws {
        let token = StoreSamples.token(1)
        let lines = try await Desk(.memory).lines { scope in
            #expect(await code { try await scope.describe(token) } == .notFound)
        }
        #expect(lines.map(\.action) == [.describe] && lines[0].subject == .token(token))
    }

    @Test func `nothing of what reveals nothing`() async throws {
        let desk = try await Desk(.memory)
        let token = try await desk.scope.tokenize(PAN(Cards.visa)).token
        let lines = try await desk.lines { scope in
            _ = try await scope.describe(token)
            _ = try await scope.detokenize([], purpose: "nothing").count
            _ = try await scope.tokenize(Cards.batch(0..<0))
        }
        #expect(lines.isEmpty)
    }
}
