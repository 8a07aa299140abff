// SPDX-License-Identifier: Apache-2.0
internal import CardVault
internal import CardVaultSQLite
internal import ConstantTime

extension Bench {
    func showMemory() async throws {
        try await work()
        stop("dropped")
        let leaks = try leaks()
        stop("leaked")
        withExtendedLifetime(leaks) {}
    }

    /// Uses every key, and what a vault does with a card.
    private func work() async throws {
        let vault = try await vault()
        try await use(vault.scope("default", as: "probe"))
        try await vault.stop()
        stop("locked")
        withExtendedLifetime(vault) {}
    }

    private func use(_ scope: Scope) async throws {
        let numbers = try numbers()
        let tracks = try tracks()
        var tokens: [Token] = []
        for index in 0..<numbers.count {
            let pan = try numbers.pan(index)
            tokens.append(try await scope.tokenize(pan, format: .lastFour).token)
            _ = try await scope.find(pan, format: .lastFour)
            let used = try await scope.hold(tracks.track(index), for: .seconds(600))
            _ = try await scope.tokenize(from: used)
            let handle = try await scope.hold(tracks.track(index), for: .seconds(600))
            try await scope.redeem(handle) { (track: borrowing Track2) in
                let isSame = track.pan().isSame(as: pan).declassify()
                precondition(isSame)
            }
        }
        let batch = numbers.batch()
        _ = try await scope.tokenize(batch)
        _ = try await scope.find(batch)
        let opened = try await scope.detokenize(tokens, purpose: "probe")
        precondition(opened.failure(at: 0) == nil)
        let pan = try await scope.detokenize(tokens[0], purpose: "probe")
        stop("open")
        precondition(pan.digitCount == opened.cards.digitCount(at: 0))
    }

    func hold() async throws {
        let store = try SQLiteStore(path: "\(folder)/cards.db")
        let scope = try await vault(store).scope("default", as: "probe")
        let handle = try await scope.hold(tracks().track(0), for: .seconds(600))
        try await store.checkpoint()
        stop("held")
        try await scope.redeem(handle) { (track: borrowing Track2) in
            precondition(track.expiry?.year == 2030)
        }
        stop("redeemed")
        try await store.checkpoint()
        stop("checkpointed")
        let numbers = try numbers()
        for index in 0..<numbers.count { _ = try await scope.tokenize(numbers.pan(index)) }
        stop("used")
    }
}
