// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault
internal import CardVaultSQLite
internal import Foundation
internal import Testing

/// Every store that the package has. One over a file is tried as it is, and opened for each call.
enum TestedStore: String, CaseIterable, Sendable {
    case memory, sqlite, sqliteReopened

    func make(in folder: String) throws -> any VaultStore {
        switch self {
        case .memory: return MemoryStore()
        case .sqlite: return try SQLiteStore.create(path: "\(folder)/laws.db")
        case .sqliteReopened:
            _ = try SQLiteStore.create(path: "\(folder)/laws.db")
            return ReopeningStore { () throws(StoreError) in
                try SQLiteStore(path: "\(folder)/laws.db")
            }
        }
    }
}

@Suite("Store laws") final class StoreLawsTests {
    private let folder: String

    init() throws {
        folder =
            FileManager.default.temporaryDirectory
            .appending(path: "store-laws-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    @Test(arguments: TestedStore.allCases)
    func `a new store belongs to nobody`(_ store: TestedStore) async throws {
        try await StoreLaws.expectEmptyAtFirst(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a reset leaves nothing`(_ store: TestedStore) async throws {
        try await StoreLaws.expectReset(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a pin comes back`(_ store: TestedStore) async throws {
        try await StoreLaws.expectPins(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `key sets come back, each with its epoch`(_ store: TestedStore) async throws {
        try await StoreLaws.expectKeySets(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `cards are told apart by their keys`(_ store: TestedStore) async throws {
        try await StoreLaws.expectKeysOfCards(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a key number is given out once`(_ store: TestedStore) async throws {
        try await StoreLaws.expectKeyNumbers(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a transaction that throws leaves nothing`(_ store: TestedStore) async throws {
        try await StoreLaws.expectRollback(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `every fact of a card comes back`(_ store: TestedStore) async throws {
        try await StoreLaws.expectFacts(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a card is stored once`(_ store: TestedStore) async throws {
        try await StoreLaws.expectOutcomes(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a second fingerprint is a hit too`(_ store: TestedStore) async throws {
        try await StoreLaws.expectSecondFingerprint(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a card that is twice in a call is stored once`(_ store: TestedStore) async throws {
        try await StoreLaws.expectDuplicatesInOneCall(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a token belongs to one card`(_ store: TestedStore) async throws {
        try await StoreLaws.expectTokensTakenInOneCall(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `the order of a call does not matter`(_ store: TestedStore) async throws {
        try await StoreLaws.expectOrderIndependence(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a deleted card takes its fingerprints with it`(_ store: TestedStore) async throws {
        try await StoreLaws.expectDeletion(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `thousands of cards go in at once`(_ store: TestedStore) async throws {
        try await StoreLaws.expectLargeBatches(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `transactions run one after the other`(_ store: TestedStore) async throws {
        try await StoreLaws.expectSerialWrites(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `the reads of a call see one state`(_ store: TestedStore) async throws {
        try await StoreLaws.expectSnapshots(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a hold comes back, and the oldest is first`(_ store: TestedStore) async throws {
        try await StoreLaws.expectHolds(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a hold is deleted once`(_ store: TestedStore) async throws {
        try await StoreLaws.expectHoldDeletion(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a hold is deleted by one of many`(_ store: TestedStore) async throws {
        try await StoreLaws.expectOneDeletion(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `the id of a hold is no other's`(_ store: TestedStore) async throws {
        try await StoreLaws.expectUniqueHolds(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `the number of a hold's key is no new key's`(_ store: TestedStore) async throws {
        try await StoreLaws.expectKeysOfHolds(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a card is replaced if it still is what it was`(_ store: TestedStore) async throws {
        try await StoreLaws.expectReplacement(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `what has expired is swept, the oldest first`(_ store: TestedStore) async throws {
        try await StoreLaws.expectSweeps(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a swept card takes its fingerprints with it`(_ store: TestedStore) async throws {
        try await StoreLaws.expectSweptFingerprints(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `an expired card is a hit as any other`(_ store: TestedStore) async throws {
        try await StoreLaws.expectExpiredHits(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `entries of the log come back in their order`(_ store: TestedStore) async throws {
        try await StoreLaws.expectEntries(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `the place of an entry is no other's`(_ store: TestedStore) async throws {
        try await StoreLaws.expectUniqueEntries(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `entries are removed from the begin alone`(_ store: TestedStore) async throws {
        try await StoreLaws.expectArchiving(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `the head of the log comes back`(_ store: TestedStore) async throws {
        try await StoreLaws.expectHeads(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a transaction that throws leaves holds and log alone`(_ store: TestedStore) async throws {
        try await StoreLaws.expectLogRollback(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `records are counted by their keys`(_ store: TestedStore) async throws {
        try await StoreLaws.expectCounts(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `the scopes with key sets are known`(_ store: TestedStore) async throws {
        try await StoreLaws.expectScopes(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `the seal keys in use are known`(_ store: TestedStore) async throws {
        try await StoreLaws.expectSealKeys(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `rows of registers come back in order`(_ store: TestedStore) async throws {
        try await StoreLaws.expectRegisters(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a walk meets every card once, in order`(_ store: TestedStore) async throws {
        try await StoreLaws.expectWalk(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a walk begins after any place`(_ store: TestedStore) async throws {
        try await StoreLaws.expectPlaces(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a box takes the place of the one it was made for`(_ store: TestedStore) async throws {
        try await StoreLaws.expectReseal(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a search row is added where there is none`(_ store: TestedStore) async throws {
        try await StoreLaws.expectIndexing(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a search row is removed for its own card alone`(_ store: TestedStore) async throws {
        try await StoreLaws.expectIndexDeletion(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `search rows are told that a later key lacks`(_ store: TestedStore) async throws {
        try await StoreLaws.expectLaggingRows(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a search row is written over another`(_ store: TestedStore) async throws {
        try await StoreLaws.expectRepointing(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a card is met and removed at its place`(_ store: TestedStore) async throws {
        try await StoreLaws.expectSinglePlaces(store.make(in: folder))
    }

    @Test(arguments: TestedStore.allCases)
    func `a transaction that throws leaves jobs alone`(_ store: TestedStore) async throws {
        try await StoreLaws.expectJobRollback(store.make(in: folder))
    }
}
