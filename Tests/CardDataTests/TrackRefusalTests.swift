// SPDX-License-Identifier: Apache-2.0
internal import TestSupport
internal import Testing

@Suite("What does not compile with sensitive authentication data") struct TrackRefusalTests {
    static let track1 = "let sad = try Track1(\"%B4111111111111111^A/^^^?\".utf8.span)\n"
    static let track2 = "let sad = try Track2(\";4111111111111111===?\".utf8.span)\n"
    static let code = "let sad = try CardVerificationCode(\"737\".utf8.span)\n"

    /// How one of each type is made, its name, and the function that lends all of it.
    static let types = [
        (track1, "Track1", "withText"), (track2, "Track2", "withText"),
        (code, "CardVerificationCode", "withDigits"),
    ]

    @Test(
        arguments: types,
        [
            ("print(sad)", "'Copyable'"), ("dump(sad)", "'Copyable'"),
            ("_ = [sad]", "'Copyable'"), ("_ = Mirror(reflecting: sad)", "'Copyable'"),
            ("_ = \"\\(sad)\"", "no exact matches in call to instance method"),
            ("_ = String(describing: sad)", "no exact matches in call to initializer"),
            ("_ = sad as Any", "to type 'Any'"),
        ])
    func `refuses to print, collect or reflect it`(
        type: (String, String, String), line: (source: String, message: String)
    ) throws {
        try refuse(
            type.0 + line.source, beside: type.0 + "_ = sad.isSame(as: sad)", saying: line.message)
    }

    @Test(arguments: types)
    func `refuses to compare it with an operator`(
        making: String, name: String, lending: String
    ) throws {
        try refuse(
            making + "_ = sad == sad", beside: making + "_ = sad.isSame(as: sad)",
            saying: "requires that '\(name)' conform to 'Equatable'")
    }

    @Test(arguments: types)
    func `refuses to copy it`(making: String, name: String, lending: String) throws {
        try refuse(
            making + "let other = sad; _ = sad.isSame(as: other)",
            beside: making + "let other = sad; _ = other.isSame(as: other)",
            saying: "'sad' used after consume")
    }

    @Test(arguments: types)
    func `refuses to keep what it lends`(making: String, name: String, lending: String) throws {
        try refuse(
            making + "let kept = sad.\(lending) { $0 }; _ = kept.count",
            beside: making + "let kept = sad.\(lending) { $0.count }; _ = kept", saying: "error: ")
    }

    @Test(arguments: ["withName", "withDiscretionaryData"])
    func `refuses to keep a field of a track`(lending: String) throws {
        try refuse(
            Self.track1 + "let kept = sad.\(lending) { $0 }; _ = kept.count",
            beside: Self.track1 + "let kept = sad.\(lending) { $0.count }; _ = kept",
            saying: "error: ")
    }

    @Test(arguments: types)
    func `refuses its packed form`(making: String, name: String, lending: String) throws {
        for source in [
            "sad.withPacked { _ in }", "_ = \(name).packedByteCount", "_ = \(name).opened { _ in }",
        ] {
            try refuse(
                making + source, beside: making + "sad.\(lending) { _ in }",
                saying: "inaccessible due to 'package' protection level")
        }
    }

    @Test(arguments: types)
    func `refuses to take a string`(making: String, name: String, lending: String) throws {
        try refuse(
            making + "_ = try \(name)(\"737\")",
            beside: making + "_ = try \(name)(\"737\".utf8.span)",
            saying: "cannot convert value of type 'String'")
    }

    private func refuse(_ source: String, beside control: String, saying message: String) throws {
        try Compiler.expectRefusal(
            of: source, beside: control, imports: ["CardData"], saying: message)
    }
}
