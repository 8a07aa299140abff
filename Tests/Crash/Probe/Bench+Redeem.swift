// SPDX-License-Identifier: Apache-2.0
internal import CardVault

extension Bench {
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
