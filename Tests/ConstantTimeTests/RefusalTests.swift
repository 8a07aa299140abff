// SPDX-License-Identifier: Apache-2.0
internal import TestSupport
internal import Testing

@Suite("What does not compile with a choice") struct RefusalTests {
    static let verdict = "let verdict = equal(UInt8(1), UInt8(2))\n"
    static let control = verdict + "if verdict.declassify() {}"

    @Test(arguments: [
        (
            "if verdict {}",
            "cannot convert value of type 'Choice' to expected condition type 'Bool'"
        ),
        ("while verdict {}", "cannot convert value of type 'Choice' to expected condition type"),
        ("_ = verdict ? 1 : 2", "cannot convert value of type 'Choice' to expected condition type"),
        ("_ = verdict && verdict", "cannot convert value of type 'Choice' to expected argument"),
    ]) func `refuses a branch on it`(source: String, message: String) throws {
        try refuse(source, saying: message)
    }

    @Test(arguments: [
        ("_ = Bool(verdict)", "no exact matches in call to initializer"),
        ("_ = verdict as Bool", "cannot convert value of type 'Choice' to type 'Bool'"),
        ("_ = verdict == .yes", "requires that 'Choice' conform to 'Equatable'"),
        ("switch verdict { case .yes: break; default: break }", "conform to 'Equatable'"),
        ("_ = verdict.bit", "'bit' is inaccessible due to 'internal' protection level"),
    ]) func `refuses every way to a Bool but one`(source: String, message: String) throws {
        try refuse(source, saying: message)
    }

    @Test(arguments: [
        ("_ = true as Choice", "cannot convert value of type 'Bool' to type 'Choice'"),
        ("_ = Choice(bit: 1)", "initializer is inaccessible due to 'internal' protection level"),
    ]) func `refuses one that no comparison made`(source: String, message: String) throws {
        try refuse(source, saying: message)
    }

    private func refuse(_ source: String, saying message: String) throws {
        try Compiler.expectRefusal(
            of: Self.verdict + source, beside: Self.control, imports: ["ConstantTime"],
            saying: message)
    }
}

@Suite("Refusals by the compiler") struct CompilerTests {
    @Test func `fail where the source compiles`() {
        #expect(throws: RefusalError.self) {
            try Compiler.expectRefusal(of: "_ = 1", beside: "_ = 2", imports: [], saying: "")
        }
    }

    @Test func `fail where the control does not compile`() {
        #expect(throws: RefusalError.self) {
            try Compiler.expectRefusal(
                of: "_ = absent", beside: "_ = absent", imports: [], saying: "absent")
        }
    }

    @Test func `fail where the reason is another`() {
        #expect(throws: RefusalError.self) {
            try Compiler.expectRefusal(
                of: "_ = absent", beside: "_ = 1", imports: [], saying: "'Copyable'")
        }
    }

    @Test func `see a value that is used after it was consumed`() throws {
        let made = "struct Key: ~Copyable {}\nlet key = Key()\nlet moved = consume key\n_ = moved\n"
        try Compiler.expectRefusal(
            of: made + "_ = key", beside: made, imports: [], saying: "'key' used after consume")
    }
}
