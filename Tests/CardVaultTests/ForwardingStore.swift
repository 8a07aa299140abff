// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault

/// A store that passes its reads on to another; what it does to a write is its own matter.
protocol ForwardingStore: VaultStore {
    var base: any VaultStore { get }
}

extension ForwardingStore {
    var isEphemeral: Bool { base.isEphemeral }

    func card(_ token: Token) async throws(StoreError) -> CardRecord? {
        try await base.card(token)
    }

    func read<R: Sendable>(
        _ body: (any StoreReader) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        try await base.read(body)
    }
}
