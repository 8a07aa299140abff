// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("At a terminal", .enabled(if: PseudoTerminal.isAvailable, "there is no python3"))
struct TranscriptTerminalTests {
    static let passphrase = ToolVault.passphrase

    @Test func `the passphrase is asked for and never shown`() async throws {
        let session = try await session(
            ["find", "--scope", "acme"],
            [
                ("Card number: ", .type("5555555555554444\n")),
                ("Passphrase: ", .type("\(Self.passphrase)\n")),
            ])
        #expect(
            session.screen == """
                Card number: \r\nPassphrase: \r
                card-vault: There is no such card in this scope.\r\nLook at --scope.\r

                """)
        #expect(session.status == 1)
        expectRestored(session)
    }

    @Test func `a prompt goes to the terminal when the streams go elsewhere`() async throws {
        let vault = try await ToolVault()
        let session = try PseudoTerminal.run(
            ["find"], in: vault.scratch.path, [("Passphrase: ", .type("\(Self.passphrase)\n"))],
            shell: #"echo 4111111111111111 | "$@" >out 2>err"#)
        #expect(session.status == 0 && session.screen == "Passphrase: \r\n")
        #expect(vault.scratch.text("out")?.hasPrefix("token: \(vault.token)\n") == true)
        #expect(vault.scratch.text("err") == "")
    }

    @Test func `a mistake is taken back`() async throws {
        let session = try await session(
            ["scope", "list"],
            [("Passphrase: ", .type("no\u{15}\(Self.passphrase)x\u{7f}y\u{8}\r"))])
        #expect(session.status == 0)
        expectRestored(session)
    }

    @Test func `init asks twice`() throws {
        let scratch = try Scratch()
        let session = try PseudoTerminal.run(
            ["init"], in: scratch.path,
            [
                ("New passphrase: ", .type("battery staple 9\n")),
                ("Again: ", .type("battery staple 9\n")),
            ])
        #expect(session.status == 0)
        #expect(session.screen.hasPrefix("New passphrase: \r\nAgain: \r\nMade vault "))
        expectRestored(session)
    }

    @Test(arguments: ["battery staple 8\n", "battery staple 99\n", "\n"])
    func `init refuses two that differ`(again: String) throws {
        let scratch = try Scratch()
        let session = try PseudoTerminal.run(
            ["init"], in: scratch.path,
            [("New passphrase: ", .type("battery staple 9\n")), ("Again: ", .type(again))])
        #expect(session.status == 1)
        #expect(
            session.screen.contains("card-vault: The two passphrases differ.\r\nTry again.\r\n"))
        #expect(!session.screen.contains("staple"))
        #expect(try scratch.names().isEmpty)
    }

    @Test func `init says why one is weak before it asks again`() throws {
        let scratch = try Scratch()
        let session = try PseudoTerminal.run(
            ["init"], in: scratch.path, [("New passphrase: ", .type("horse\n"))])
        #expect(session.status == 1 && session.screen.contains("12 to 1,024 characters, not 5"))
        #expect(!session.screen.contains("Again"))
    }

    @Test(arguments: ["\u{3}", "\u{4}", "\u{1a}", "\u{1c}"])
    func `an interrupt ends the command and leaves the terminal as it was`(
        key: String
    ) async throws {
        try await expectInterrupted(.type("half a secret\(key)"))
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func `a signal ends the command and leaves the terminal as it was`(
        signal: Int32
    ) async throws {
        try await expectInterrupted(.send(signal: signal))
    }

    @Test func `a line without an end is refused`() async throws {
        let session = try await session(
            ["scope", "list"],
            [("Passphrase: ", .type(String(repeating: "a", count: 1100) + "\n"))])
        #expect(session.status == 3 && session.screen.contains("opens no slot"))
        #expect(!session.screen.contains("aaaa"))
        expectRestored(session)
    }

    @Test func `an import shows its progress`() async throws {
        let vault = try await ToolVault()
        try vault.scratch.write("pan\n5555555555554444\n".utf8)
        let session = try PseudoTerminal.run(
            [
                "import", "in.csv", "--pan-column", "pan", "--out", "out.csv",
                "--passphrase-file", "passphrase",
            ], in: vault.scratch.path, [])
        #expect(session.status == 0)
        #expect(session.screen.contains("\r[########################]  100 %  1 rows  "))
        #expect(session.screen.hasSuffix("\r\u{1B}[KImported to out.csv, rows: 1.\r\n"))
    }

    private func expectInterrupted(_ deed: PseudoTerminal.Deed) async throws {
        let session = try await session(["scope", "list"], [("Passphrase: ", deed)])
        #expect(session.status == 1)
        #expect(
            session.screen
                == "Passphrase: \r\ncard-vault: Interrupted.\r\nNothing was changed.\r\n")
        expectRestored(session)
    }

    private func session(
        _ arguments: [String], _ dialogue: [(String, PseudoTerminal.Deed)]
    ) async throws -> PseudoTerminal.Session {
        let vault = try await ToolVault()
        return try PseudoTerminal.run(
            arguments, in: vault.scratch.path, dialogue.map { (prompt: $0.0, deed: $0.1) })
    }

    private func expectRestored(_ session: PseudoTerminal.Session) {
        #expect(session.echoedBefore && !session.echoedAtPrompt)
        #expect(session.echoesAfter && session.interruptsAfter)
    }
}
