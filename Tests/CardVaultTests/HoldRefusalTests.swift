// SPDX-License-Identifier: Apache-2.0
internal import TestSupport
internal import Testing

@Suite("What does not compile with holds") struct HoldRefusalTests {
    private static let sensitiveTypes = ["Track1", "Track2", "CardVerificationCode"]

    @Test(
        arguments: sensitiveTypes,
        [
            "_ = try await scope.tokenize(card)", "_ = try await scope.find(card)",
            "var batch = CardBatch(capacity: 1); batch.append(card)",
        ])
    func `refuses to store or search sensitive authentication data`(
        _ type: String, _ line: String
    ) throws {
        try refuse(
            Self.function("card: borrowing \(type)", line),
            beside: Self.function("card: borrowing PAN", line),
            saying: "no exact matches in call to instance method")
    }

    @Test(arguments: sensitiveTypes)
    func `refuses to hold what is no sensitive authentication data`(_ type: String) throws {
        let line = "_ = try await scope.hold(held, for: .seconds(60))"
        try refuse(
            Self.function("held: consuming PAN", line),
            beside: Self.function("held: consuming \(type)", line),
            saying: "no exact matches in call to instance method 'hold'")
    }

    @Test(arguments: sensitiveTypes)
    func `refuses what is on hold to who held it`(_ type: String) throws {
        let line = "_ = try await scope.hold(held, for: .seconds(60))"
        try refuse(
            Self.function("held: consuming \(type)", line + "; _ = held.isSame(as: held)"),
            beside: Self.function("held: consuming \(type)", "_ = held.isSame(as: held);" + line),
            saying: "'held' used after consume")
    }

    @Test(arguments: sensitiveTypes)
    func `refuses to keep what was lent`(_ type: String) throws {
        func redeem(_ body: String) -> String {
            Self.function(
                "handle: borrowing HoldHandle",
                "_ = try await scope.redeem(handle) { (held: borrowing \(type)) in \(body) }")
        }
        try refuse(
            redeem("held"), beside: redeem("held.isSame(as: held)"),
            saying: "'held' is borrowed and cannot be consumed")
    }

    @Test(arguments: [
        ("print(handle)", "'Copyable'"), ("dump(handle)", "'Copyable'"),
        ("_ = [handle]", "'Copyable'"), ("_ = Mirror(reflecting: handle)", "'Copyable'"),
        ("_ = \"\\(handle)\"", "no exact matches in call to instance method"),
        ("_ = String(describing: handle)", "no exact matches in call to initializer"),
        ("_ = handle as Any", "to type 'Any'"),
        ("_ = handle == handle", "requires that 'HoldHandle' conform to 'Equatable'"),
        ("func encode(_: any Encodable) {}; encode(handle)", "'Encodable'"),
        ("let kept = handle.withText { $0 }; _ = kept.count", "error: "),
        ("handle.withSecret { _ in }", "inaccessible due to 'internal' protection level"),
        ("_ = HoldHandle.generate()", "inaccessible due to 'internal' protection level"),
        ("_ = try HoldHandle(\"hld_\")", "cannot convert value of type 'String'"),
    ])
    func `refuses to print, collect, compare or make a handle`(
        _ line: String, _ message: String
    ) throws {
        try refuse(
            Self.function("handle: borrowing HoldHandle", line),
            beside: Self.function(
                "handle: borrowing HoldHandle", "_ = handle.withText { $0.count }; _ = handle.id"),
            saying: message)
    }

    @Test func `refuses to copy a handle`() throws {
        func copy(_ line: String) -> String {
            Self.function("handle: consuming HoldHandle", "let other = handle; \(line)")
        }
        try refuse(
            copy("_ = other.id; _ = handle.id"), beside: copy("_ = other.id"),
            saying: "'handle' used after consume")
    }

    /// A function that does something with a scope and one value more.
    private static func function(_ parameter: String, _ line: String) -> String {
        "func use(_ scope: Scope, _ \(parameter)) async throws { \(line) }"
    }

    private func refuse(_ source: String, beside control: String, saying message: String) throws {
        try Compiler.expectRefusal(
            of: source, beside: control, imports: ["CardVault"], saying: message)
    }
}
