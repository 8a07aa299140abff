// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardVault
internal import CardVaultSQLite
internal import Foundation

// crash-probe make FOLDER    makes a vault with some cards, and prints their tokens: T TOKEN
// crash-probe run FOLDER     until it is killed: detokenizes, holds and redeems. Prints a line when
//                            a plaintext is in hand, D TOKEN or R HOLD, and H HANDLE for a hold
// crash-probe drain FOLDER   redeems each handle of standard input: R HOLD, or X HOLD CODE
//
// Tests/Crash/kill_answers.py kills it and compares what was printed with the audit log.

@main
enum Probe {
    static func main() async throws {
        let arguments = CommandLine.arguments
        precondition(arguments.count == 3, "usage: crash-probe make|run|drain FOLDER")
        let bench = try Bench(folder: arguments[2])
        switch arguments[1] {
        case "make": try await bench.make()
        case "run": try await bench.run()
        case "drain": try await bench.drain()
        default: preconditionFailure("usage: crash-probe make|run|drain FOLDER")
        }
    }
}

private struct Bench {
    private let folder: String
    private let input: [String]

    init(folder: String) throws {
        self.folder = folder
        let text = try FileHandle.standardInput.readToEnd() ?? Data()
        input = String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func passphrase() throws -> Passphrase { try Passphrase("battery staple 9".utf8.span) }

    private func scope() async throws -> Scope {
        let keyring = try KeyringFile.unlock(
            at: "\(folder)/keyring.json", with: .passphrase(passphrase()))
        let store = try SQLiteStore(path: "\(folder)/cards.db")
        return try await Vault(keyring: keyring, store: store).scope("default", as: "probe")
    }

    func make() async throws {
        guard let id = ScopeID("default"), let cost = Argon2id(memory: 65_536, passes: 2) else {
            preconditionFailure("a valid name and a valid cost")
        }
        let keyring = try KeyringFile.draft(
            at: "\(folder)/keyring.json", passphrase: passphrase(), scope: id, cost: cost)
        let store = try SQLiteStore.create(path: "\(folder)/cards.db")
        try await Vault.initialize(keyring, store: store)
        let scope = try await scope()
        for serial in 0..<64 {
            let digits = "400000000000\(1_000 + serial)"
            let card = try await scope.tokenize(PAN(digits.utf8.span, luhn: .ignored))
            say("T \(card.token)")
        }
    }

    /// Standard input: tokens as `T TOKEN` and handles as `H HANDLE`.
    func run() async throws {
        let scope = try await scope()
        let lines = input.filter { $0.hasPrefix("T ") }
        let tokens = try lines.map { try Token(String($0.dropFirst(2))) }
        var handles = input.filter { $0.hasPrefix("H ") }.map { String($0.dropFirst(2)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for start in 0..<4 {
                group.addTask {
                    for token in (start..<Int.max).lazy.map({ tokens[$0 * 7 % tokens.count] }) {
                        let pan = try await scope.detokenize(token, purpose: "crash test")
                        precondition(pan.digitCount == 16)
                        say("D \(token)")
                    }
                }
            }
            while true {
                let track = try Track2(";4111111111111111=30121010000000000?".utf8.span)
                let handle = try await scope.hold(track, for: .seconds(3_600))
                handle.withText { text in
                    handles.append(String(decoding: text.indices.map { text[$0] }, as: UTF8.self))
                }
                say("H \(handles[handles.count - 1])")
                handles.shuffle()
                if handles.count > 8 { try await redeem(handles.removeLast(), in: scope) }
            }
        }
    }

    func drain() async throws {
        let scope = try await scope()
        for text in input {
            do {
                try await redeem(text, in: scope)
            } catch let error as VaultError {
                say("X \(try HoldHandle(text.utf8.span).id) \(error.code.rawValue)")
            }
        }
    }

    private func redeem(_ text: String, in scope: Scope) async throws {
        let handle = try HoldHandle(text.utf8.span)
        let id = handle.id
        try await scope.redeem(handle) { (track: borrowing Track2) in
            precondition(track.expiry?.year == 2030)
            say("R \(id)")
        }
    }
}

/// Prints a line at once: what is in a buffer dies with the process.
private func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }
