// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault
@testable internal import CardVaultSQLite
internal import Synchronization
internal import Testing

/// What ends a hold: to redeem it, or to store its card, which may be there already.
enum EndingDeed: CaseIterable, Sendable {
    case redeem, tokenize, tokenizeHit
}

/// A hold that cannot be ended on record is not opened, and stays.
@Suite("A hold that cannot be ended") struct RedeemFailureTests {
    /// A stored card, a hold of another and of the same card, and a store that fails as it is told.
    private struct Scene {
        let bench: Bench
        let store: FailingStore
        let scope: Scope
        private let other: [UInt8]
        private let same: [UInt8]

        init(_ kind: StoreKind = .sqlite) async throws {
            bench = try await Bench(kind)
            store = FailingStore(base: bench.store)
            let vault = try await Vault(
                keyring: bench.keyring, store: store, patience: Bench.patience,
                logger: Bench.silence)
            scope = try await vault.scope("default")
            _ = try await scope.tokenize(PAN(Cards.visa))
            let track = try Held.track2(";5555555555554444=3012101?")
            other = text(try await scope.hold(track, for: .seconds(600)))
            same = text(try await scope.hold(sample: .track2))
        }

        /// Why a deed was refused, having revealed nothing; nil when it was not.
        func refusal(of deed: EndingDeed) async throws -> VaultError? {
            let isRevealed = Mutex(false)
            let error = await CardVaultTests.refusal {
                let handle = try HoldHandle((deed == .tokenize ? other : same).span)
                if deed == .redeem {
                    try await scope.redeem(handle) { (_: borrowing Track2) in
                        isRevealed.withLock { $0 = true }
                    }
                } else {
                    _ = try await scope.tokenize(from: handle)
                    isRevealed.withLock { $0 = true }
                }
            }
            #expect(isRevealed.withLock { $0 } == (error == nil), "\(deed)")
            return error
        }

        /// Both holds and one card are there, and every deed is done now.
        func expectUntouched() async throws {
            let list = try await holds(bench)
            #expect(list.count == 2)
            let found = try await scope.find(PAN(Cards.mastercard))
            #expect(found == nil)
            #expect(try await refusal(of: .tokenize) == nil)
            #expect(try await refusal(of: .redeem) == nil)
        }
    }

    @Test(arguments: [StoreError.Code.full, .busy, .readOnly], StoreKind.allCases)
    func `stays when the store fails`(
        _ code: StoreError.Code, _ kind: StoreKind
    ) async throws {
        for place in FailingStore.Place.allCases {
            let scene = try await Scene(kind)
            let failure = StoreError(code, systemCode: 7)
            scene.store.fail(at: place, with: failure)
            for deed in EndingDeed.allCases {
                #expect(try await scene.refusal(of: deed) == VaultError(store: failure))
            }
            scene.store.recover()
            try await scene.expectUntouched()
        }
    }

    @Test(arguments: [
        "UPDATE audit_heads SET head = zeroblob(32)", "UPDATE audit_heads SET code = zeroblob(32)",
        "UPDATE audit_heads SET sequence = sequence - 1", "DELETE FROM audit_heads",
        "UPDATE audit_heads SET seal_key = zeroblob(32)",
        "DELETE FROM audit_heads; DELETE FROM audit",
    ])
    func `stays when the head of the log was altered, and so does a card`(
        _ sql: String
    ) async throws {
        let scene = try await Scene()
        let token = try await scene.scope.tokenize(PAN(Cards.visa)).token
        let intruder = try scene.bench.intruder()
        for table in ["audit_heads", "audit"] {
            try intruder.execute("CREATE TEMP TABLE old_\(table) AS SELECT * FROM \(table)")
        }
        try intruder.execute(sql)
        let altered = VaultError(.integrity, subject: "audit head")
        for deed in EndingDeed.allCases {
            #expect(try await scene.refusal(of: deed) == altered)
        }
        #expect(await refusal { try await scene.scope.hold(sample: .track1) } == altered)
        #expect(await refusal { try await scene.scope.delete(token) } == altered)
        for table in ["audit_heads", "audit"] {
            try intruder.execute("INSERT OR REPLACE INTO \(table) SELECT * FROM old_\(table)")
        }
        #expect(try await scene.scope.describe(token).token == token)
        try await scene.expectUntouched()
    }

    @Test func `stays when the disk is full, and is redeemed when there is room`() async throws {
        let scene = try await Scene()
        let store = try #require(scene.bench.store as? SQLiteStore)
        func limit(_ pageCount: Int) throws {
            try store.withWriter { connection throws(StoreError) in
                try connection.execute("PRAGMA max_page_count = \(pageCount)")
            }
        }
        let before = try scene.bench.rowCount("audit")
        try limit(1)  // as many pages as there are, and no more
        // The last of them takes a few entries.
        var (doneCount, error) = (0, VaultError?.none)
        while error == nil, doneCount < 1_000 {
            error = await refusal { try await scene.scope.find(PAN(Cards.amex)) }
            if error == nil { doneCount += 1 }
        }
        #expect(error?.store?.code == .full)
        #expect(try await scene.refusal(of: .redeem)?.store?.code == .full)
        #expect(Int(try scene.bench.rowCount("audit") - before) == doneCount)
        try limit(10_000)
        try await scene.expectUntouched()
    }

    @Test func `is not made when the store fails`() async throws {
        for place in FailingStore.Place.allCases {
            let scene = try await Scene()
            scene.store.fail(at: place, with: StoreError(.full))
            #expect(
                await refusal { try await scene.scope.hold(sample: .track2) }?.store?.code == .full)
            scene.store.recover()
            try await scene.expectUntouched()
        }
    }
}

/// A store that fails at some place of each transaction.
final class FailingStore: ForwardingStore {
    enum Place: CaseIterable, Sendable {
        case begin, entry, head
    }

    let base: any VaultStore
    fileprivate let failure = Mutex<(place: Place, error: StoreError)?>(nil)

    init(base: any VaultStore) { self.base = base }

    func fail(at place: Place, with error: StoreError) {
        failure.withLock { $0 = (place, error) }
    }

    func recover() { failure.withLock { $0 = nil } }

    fileprivate func pass(_ place: Place) throws(StoreError) {
        let failure = failure.withLock { $0 }
        if let failure, failure.place == place { throw failure.error }
    }

    func write<R: Sendable>(
        _ body: (any StoreTransaction) throws(StoreError) -> R
    ) async throws(StoreError) -> R {
        try pass(.begin)
        return try await base.write { transaction throws(StoreError) in
            try body(FailingTransaction(base: transaction, store: self))
        }
    }
}

private struct FailingTransaction: ForwardingTransaction {
    let base: any StoreTransaction
    let store: FailingStore

    func append(_ entry: StoredAuditEntry) throws(StoreError) {
        try store.pass(.entry)
        try base.append(entry)
    }

    func put(_ head: AuditHead) throws(StoreError) {
        try store.pass(.head)
        try base.put(head)
    }
}
