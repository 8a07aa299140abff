// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardKeys
internal import Synchronization

/// A store in memory, for tests and for tokens that need not outlive the process.
public final class MemoryStore: VaultStore {
    private let state = Mutex(MemoryState())

    /// An empty store.
    public init() {}

    /// True: the store is gone with its value.
    public var isEphemeral: Bool { true }

    /// The record of a token.
    public func card(_ token: Token) async throws(StoreError) -> CardRecord? {
        state.withLock { $0.cards[token] }
    }

    /// Runs reads that see one state of the store.
    public func read<R: Sendable>(
        _ body: (any StoreReader) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        try run(body)
    }

    /// Runs one transaction.
    public func write<R: Sendable>(
        _ body: (any StoreTransaction) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        try run(body)
    }

    private func run<R: Sendable>(
        _ body: (any StoreTransaction) throws(StoreError) -> R
    ) throws(StoreError) -> R {
        try state.withLock { state throws(StoreError) in
            let transaction = MemoryTransaction(exchange(&state, with: MemoryState()))
            do throws(StoreError) {
                let result = try body(transaction)
                state = transaction.state
                return result
            } catch {
                transaction.rollBack()
                state = transaction.state
                throw error
            }
        }
    }
}

/// What a store in memory holds.
struct MemoryState {
    var vault: VaultID?
    var pin: Pin?
    var keySets: [ScopeID?: KeySet] = [:]
    var lastKeyNumber: Int64 = 0
    var cards: [Token: CardRecord] = [:]
    var tokens: [FingerprintRecord: Token] = [:]
    var fingerprints: [Token: Set<FingerprintRecord>] = [:]
    var holds: [HoldID: HoldRecord] = [:]
    var auditHead: AuditHead?
    var auditEntries: [UInt64: [UInt8]] = [:]
    var registers: [RegisterPlace: RegisterRow] = [:]
}

/// What tells a row of a register from all others.
struct RegisterPlace: Hashable {
    let register: Register
    let key: [UInt8]
}
