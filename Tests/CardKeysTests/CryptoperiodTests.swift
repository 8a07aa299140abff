// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
internal import Testing

@Suite("Cryptoperiod") struct CryptoperiodTests {
    private func key(activated: UInt64?) throws -> KeyDescriptor {
        let sample = try Locksmith.shared.get().keyring.keys[0]
        var dates = KeyDates(created: try timestamp(5))
        if let activated { dates.enter(.active, at: try timestamp(activated)) }
        return KeyDescriptor(
            id: sample.id, purpose: .hold, scope: nil, suite: sample.suite, sequence: 1,
            state: activated == nil ? .preActivation : .active, dates: dates)
    }

    @Test(arguments: KeyPurpose.allCases) func `is 2 years and 3 more unless it is set`(
        purpose: KeyPurpose
    ) {
        #expect(Cryptoperiods.standard[purpose].originatorDays == 730)
        #expect(Cryptoperiods.standard[purpose].recipientDays == 1_825)
    }

    @Test(arguments: [(1, 1), (1, 36_500), (36_500, 36_500), (90, 91)]) func `takes days in bounds`(
        originator: Int, recipient: Int
    ) throws {
        let period = try #require(
            Cryptoperiod(originatorDays: originator, recipientDays: recipient))
        #expect(period.originatorDays == originator)
        #expect(period.recipientDays == recipient)
    }

    @Test(arguments: [
        (0, 1), (0, 0), (-1, 5), (2, 1), (1, 36_501), (36_501, 36_501), (Int.max, Int.max),
        (1, Int.min),
    ]) func `refuses days out of bounds`(originator: Int, recipient: Int) {
        #expect(Cryptoperiod(originatorDays: originator, recipientDays: recipient) == nil)
    }

    @Test func `is set for one purpose alone`() throws {
        var periods = Cryptoperiods.standard
        let short = try #require(Cryptoperiod(originatorDays: 1, recipientDays: 2))
        periods[.data] = short
        for purpose in KeyPurpose.allCases {
            #expect(periods[purpose] == (purpose == .data ? short : .standard))
        }
        #expect(periods.unusual == [.data])
    }

    @Test func `is the standard again once it is set so`() throws {
        var periods = Cryptoperiods.standard
        periods[.data] = try #require(Cryptoperiod(originatorDays: 1, recipientDays: 2))
        periods[.data] = .standard
        #expect(periods == .standard)
        #expect(periods.unusual.isEmpty)
    }

    @Test func `ends so many days after the activation`() throws {
        var periods = Cryptoperiods.standard
        periods[.hold] = try #require(Cryptoperiod(originatorDays: 1, recipientDays: 3))
        let key = try key(activated: 1_000)
        #expect(periods.originatorEnd(of: key) == (try timestamp(1_000 + 86_400_000)))
        #expect(periods.recipientEnd(of: key) == (try timestamp(1_000 + 3 * 86_400_000)))
    }

    @Test func `does not begin before the activation`() throws {
        let key = try key(activated: nil)
        #expect(Cryptoperiods.standard.originatorEnd(of: key) == nil)
        #expect(Cryptoperiods.standard.recipientEnd(of: key) == nil)
    }

    @Test func `does not begin anew after a suspension`() throws {
        let key = try key(activated: 1_000)
        let again = try key.entering(.suspended, at: timestamp(2_000))
            .entering(.active, at: timestamp(3_000))
        let periods = Cryptoperiods.standard
        #expect(periods.originatorEnd(of: again) == periods.originatorEnd(of: key))
    }

    @Test func `ends at the last moment there is, if past it`() throws {
        let key = try key(activated: 1 << 48 - 2)
        #expect(Cryptoperiods.standard.originatorEnd(of: key) == (try timestamp(1 << 48 - 1)))
    }
}
