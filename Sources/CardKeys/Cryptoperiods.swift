// SPDX-License-Identifier: Apache-2.0
public import CardCrypto

/// How long a key may be used, in days from its activation.
public struct Cryptoperiod: Hashable, Sendable {
    /// How many days a period may have: 1 to 36,500.
    public static let dayCounts = 1...36_500

    /// Days in which the key may seal.
    public let originatorDays: Int
    /// Days in which what it sealed may be opened; not less than ``originatorDays``.
    public let recipientDays: Int

    /// Takes two numbers of days; nil when one is out of ``dayCounts``, or the second is less than
    /// the first.
    public init?(originatorDays: Int, recipientDays: Int) {
        guard Self.dayCounts.contains(originatorDays), Self.dayCounts.contains(recipientDays),
            originatorDays <= recipientDays
        else { return nil }
        self.originatorDays = originatorDays
        self.recipientDays = recipientDays
    }

    private init() { (originatorDays, recipientDays) = (730, 730 + 1_095) }

    /// 2 years, and 3 years more to open.
    ///
    /// Source: NIST SP 800-57 Part 1 Rev. 5, Table 1, for symmetric keys that encrypt data, wrap
    /// keys or authenticate: at most 2 years, and at most 3 more for the recipient.
    public static let standard = Cryptoperiod()
}

/// How long the keys of each purpose may be used.
public struct Cryptoperiods: Hashable, Sendable {
    /// ``Cryptoperiod/standard`` for every purpose.
    public static let standard = Cryptoperiods()

    /// What differs from the standard.
    private var others: [KeyPurpose: Cryptoperiod] = [:]

    /// How long keys of `purpose` may be used.
    public subscript(purpose: KeyPurpose) -> Cryptoperiod {
        get { others[purpose] ?? .standard }
        set { others[purpose] = newValue == .standard ? nil : newValue }
    }

    /// When `key` seals no more; nil when it was never activated.
    public func originatorEnd(of key: KeyDescriptor) -> Timestamp? {
        key.dates.entered[.active]?.adding(days: self[key.purpose].originatorDays)
    }

    /// When `key` should open no more; nil when it was never activated.
    public func recipientEnd(of key: KeyDescriptor) -> Timestamp? {
        key.dates.entered[.active]?.adding(days: self[key.purpose].recipientDays)
    }

    /// The purposes whose period differs from the standard, in the order of `KeyPurpose`.
    var unusual: [KeyPurpose] { KeyPurpose.allCases.filter { others[$0] != nil } }
}
