// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

@testable import CardVaultTool

/// A terminal with a person at it, who waits for each prompt and types an answer.
///
/// A child needs a terminal of its own, which Python's module gives it.
enum PseudoTerminal {
    /// What the person does at a prompt.
    enum Deed {
        case type(String)
        case send(signal: Int32)
    }

    /// What was seen on the terminal, and how it was left.
    struct Session: Decodable {
        /// The exit code, or 128 and a signal's number.
        let status: Int32
        /// Everything on the screen, with the terminal's line ends.
        let screen: String
        /// Whether it showed what was typed before the tool began.
        let echoedBefore: Bool
        /// Whether it shows what is typed after the tool has ended.
        let echoesAfter: Bool
        /// Whether it did at any prompt.
        let echoedAtPrompt: Bool
        /// Whether an interrupt is one again.
        let interruptsAfter: Bool
    }

    private static let python = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    static var isAvailable: Bool { python != nil }

    /// Runs the tool at a terminal.
    static func run(
        _ arguments: [String], in folder: String, _ dialogue: [(prompt: String, deed: Deed)],
        shell: String? = nil
    ) throws -> Session {
        let steps = dialogue.map { step in
            switch step.deed {
            case .type(let text): [step.prompt, text]
            case .send(let signal): [step.prompt, "", String(signal)]
            }
        }
        let command = [try Tool.path()] + arguments
        let all = shell.map { ["/bin/sh", "-c", $0, "sh"] + command } ?? command
        let output = Pipe()
        let json = String(decoding: try JSONEncoder().encode(steps), as: UTF8.self)
        let program = try ChildProgram(
            #require(python), ["-c", script, json] + all, in: folder,
            output: output.fileHandleForWriting, error: .standardError)
        try output.fileHandleForWriting.close()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        program.wait()
        return try JSONDecoder().decode(Session.self, from: bytes)
    }

    private static let script = """
        import json, os, pty, select, sys, termios

        def flag(name):
            return bool(termios.tcgetattr(terminal)[3] & getattr(termios, name))

        def read(seconds):
            if not select.select([terminal], [], [], seconds)[0]:
                raise SystemExit("nothing came")
            try:
                return os.read(terminal, 65536)
            except OSError:
                return b""

        steps, command = json.loads(sys.argv[1]), sys.argv[2:]
        ready, go = os.pipe()
        child, terminal = pty.fork()
        if child == 0:
            os.read(ready, 1)
            os.execv(command[0], command)
        echoed_before, echoed_at_prompt = flag("ECHO"), False
        os.write(go, b".")
        screen = seen = b""
        for step in steps:
            while step[0].encode() not in seen:
                part = read(60)
                if not part:
                    raise SystemExit("ended before " + step[0] + screen.decode())
                screen, seen = screen + part, seen + part
            seen = b""
            echoed_at_prompt |= flag("ECHO")
            if len(step) == 3:
                os.kill(child, int(step[2]))
            else:
                os.write(terminal, step[1].encode())
        while part := read(60):
            screen += part
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(json.dumps({
            "status": status if status >= 0 else 128 - status, "screen": screen.decode(),
            "echoedBefore": echoed_before, "echoesAfter": flag("ECHO"),
            "echoedAtPrompt": echoed_at_prompt, "interruptsAfter": flag("ISIG")}))
        """
}
