// SPDX-License-Identifier: Apache-2.0
internal import CardVault

extension Bench {
    /// Standard input: card numbers that are stored already, and as its first line the serial
    /// number of the first new one.
    func traffic() async throws {
        let vault = try await vault()
        let scope = try await vault.scope("default", as: "probe")
        let first = input.first.flatMap { Int($0) } ?? 0
        await withTaskGroup(of: Void.self) { group in
            for start in 0..<2 {
                group.addTask {
                    var numbers = Array(input.dropFirst())
                    for round in 0..<Int.max {
                        var number = numbers.randomElement() ?? ""
                        if number.isEmpty || round % 64 == 0 {
                            let serial = first + start + 2 * (round / 64)
                            number = "40000001\(String(100_000_000 + serial).dropFirst())"
                            numbers.append(number)
                        }
                        await attempt(number, in: scope, of: vault)
                    }
                }
            }
        }
    }

    /// Stores a card, looks for it and reads it. After a rotation of the root key the vault is
    /// unlocked again, when it cannot go on without.
    private func attempt(_ number: String, in scope: Scope, of vault: Vault) async {
        do {
            let pan = try PAN(number, luhn: .ignored)
            let card = try await scope.tokenize(pan)
            say("T \(card.token) \(number)")
            let found = try await scope.find(pan)
            if found?.token != card.token { say("E find missed \(card.token)") }
            let read = try await scope.detokenize(card.token, purpose: "crash test")
            if text(of: read) != number { say("E detokenize gave another card for \(card.token)") }
        } catch {
            guard vault.needsUnlock else { return say("E \(error)") }
            do {
                try await vault.unlockAgain(with: .passphrase(passphrase()))
            } catch {
                say("E unlock: \(error)")
            }
        }
    }

    /// Standard input: tokens.
    func read() async throws {
        let scope = try await scope()
        let tokens = try input.map { try Token($0) }
        let opened = try await scope.detokenize(tokens, purpose: "crash test")
        let again = try await scope.tokenize(opened.cards)
        for (index, token) in tokens.enumerated() {
            if let error = opened.failure(at: index) {
                say("X \(token) \(error.code.rawValue)")
                continue
            }
            let number = opened.cards.withDigits(at: index) { text(of: $0) }
            do {
                say("D \(token) \(number) \(try again[index].get().token)")
            } catch {
                say("X \(token) \(error.code.rawValue)")
            }
        }
    }

    private func text(of pan: borrowing PAN) -> String { pan.withDigits { text(of: $0) } }

    private func text(of digits: Span<UInt8>) -> String {
        String(decoding: digits.indices.map { digits[$0] }, as: UTF8.self)
    }
}
