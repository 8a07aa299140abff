// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import Testing

@Suite("Inventory") struct InventoryTests {
    @Test(arguments: StoreKind.allCases)
    func `counts what needs each key`(_ kind: StoreKind) async throws {
        let bench = try await Bench(kind)
        let scope = try await bench.scope()
        _ = try await scope.tokenize(Cards.batch(0..<3))
        _ = try await scope.hold(sample: .track2)
        for purpose in KeyPurpose.rotated { try await bench.vault.rotated(purpose) }
        _ = try await scope.tokenize(Cards.batch(3..<5))
        let inventory = try await bench.vault.inventory()
        #expect(inventory.count == 12)
        for item in inventory {
            let destruction = try await bench.vault.destruction(of: item.listed.key.id)
            #expect(item.needs == destruction.needs)
            #expect(item.listed.key == destruction.key)
        }
        func needs(_ purpose: KeyPurpose, _ count: (KeyNeeds) -> Int) -> [Int] {
            inventory.filter { $0.listed.key.purpose == purpose }
                .sorted { $0.listed.key.sequence < $1.listed.key.sequence }
                .map { count($0.needs) }
        }
        #expect(needs(.data, \.recordCount) == [3, 2])
        // Both fingerprint keys live until a reseal.
        #expect(needs(.fingerprint, \.fingerprintCount) == [5, 2])
        #expect(needs(.hold, \.holdCount) == [1, 0])
        #expect(needs(.scope, \.wrappedKeyCount) == [0, 4])
        #expect(needs(.seal, { $0.sealsRows ? 1 : 0 }) == [0, 1])
        #expect(needs(.audit, \.auditEntryCount).allSatisfy { $0 > 0 })
    }

    @Test func `says when the periods of each key end`() async throws {
        let bench = try await Bench()
        let period = try #require(Cryptoperiod(originatorDays: 90, recipientDays: 120))
        try await bench.vault.setPeriod(period, of: .data)
        for item in try await bench.vault.inventory() {
            let key = item.listed.key
            let begin = try #require(key.dates.entered[.active])
            let isData = key.purpose == .data
            #expect(item.originatorEnd == begin.adding(days: isData ? 90 : 730))
            #expect(item.recipientEnd == begin.adding(days: isData ? 120 : 1_825))
        }
    }

    @Test func `has periods whose changes are on record`() async throws {
        let bench = try await Bench(.memory)
        let period = try #require(Cryptoperiod(originatorDays: 90, recipientDays: 120))
        let events = try await bench.recorded { try await bench.vault.setPeriod(period, of: .data) }
        #expect(events.map(\.purpose).contains("data: 90 and 120 days"))
        #expect(events.allSatisfy { $0.outcome == .done })
    }
}
