// SPDX-License-Identifier: Apache-2.0
internal import TestSupport
internal import Testing

@Suite("What does not compile with a card number") struct RefusalTests {
    static let pan = "let pan = try PAN(\"4111111111111111\")\n"
    static let batch = "var batch = CardBatch(capacity: 1); batch.append(\"1\".utf8.span)\n"

    @Test(arguments: [
        ("print(pan)", "'Copyable'"), ("dump(pan)", "'Copyable'"), ("_ = [pan]", "'Copyable'"),
        ("_ = Mirror(reflecting: pan)", "'Copyable'"),
        ("_ = \"\\(pan)\"", "no exact matches in call to instance method 'appendInterpolation'"),
        ("_ = String(describing: pan)", "no exact matches in call to initializer"),
        ("_ = pan as Any", "cannot convert value of type 'PAN' to type 'Any'"),
    ]) func `refuses to print, collect or reflect it`(source: String, message: String) throws {
        try refuse(Self.pan + source, beside: Self.pan + "_ = pan.brand", saying: message)
    }

    @Test func `refuses to compare it with an operator`() throws {
        try refuse(
            Self.pan + "_ = pan == pan", beside: Self.pan + "_ = pan.isSame(as: pan)",
            saying: "requires that 'PAN' conform to 'Equatable'")
    }

    @Test func `refuses to copy it`() throws {
        try refuse(
            Self.pan + "let other = pan; _ = (pan.brand, other.brand)",
            beside: Self.pan + "let other = pan; _ = other.brand",
            saying: "'pan' used after consume")
    }

    @Test func `refuses to keep its digits`() throws {
        try refuse(
            Self.pan + "let kept = pan.withDigits { $0 }; _ = kept.count",
            beside: Self.pan + "let kept = pan.withDigits { $0.count }; _ = kept", saying: "error: "
        )
    }

    @Test(arguments: ["_ = PAN.packedByteCount", "pan.withPacked { _ in }"])
    func `refuses its packed form`(source: String) throws {
        try refuse(
            Self.pan + source, beside: Self.pan + "pan.withDigits { _ in }",
            saying: "inaccessible due to 'package' protection level")
    }

    @Test(arguments: ["print(batch)", "_ = [batch]"])
    func `refuses to print or collect a batch`(source: String) throws {
        try refuse(
            Self.batch + source, beside: Self.batch + "_ = batch.count", saying: "'Copyable'")
    }

    private func refuse(_ source: String, beside control: String, saying message: String) throws {
        try Compiler.expectRefusal(
            of: source, beside: control, imports: ["CardData"], saying: message)
    }
}
