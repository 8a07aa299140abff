// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
@testable internal import CardKeys
@testable internal import CardVault
internal import Synchronization

/// Looks at every transaction of every process, and at the disk after every step.
final class Witness: Sendable {
    let ledger: Ledger
    private let found = Mutex<String?>(nil)

    init(_ ledger: Ledger) { self.ledger = ledger }

    /// The first thing that should not have happened; nil while all is well.
    var violation: String? { found.withLock { $0 } }

    /// Notes what should not have happened. Only the first counts: others may follow from it.
    func report(_ text: String) { found.withLock { $0 = $0 ?? text } }

    func require(_ isSo: Bool, _ text: @autoclosure () -> String) {
        if !isSo { report(text()) }
    }
}

/// The keys of a store by their numbers, with the sets that they are in.
struct KeyDirectory {
    struct Row {
        let stored: StoredKey
        let set: KeySet
    }

    private var rows: [KeyNumber: Row] = [:]
    let sets: [KeySet]

    init(_ store: MemoryState) {
        sets = store.keySets.values.sorted {
            ($0.scope?.description ?? "") < ($1.scope?.description ?? "")
        }
        for set in sets {
            for key in set.keys { rows[key.number] = Row(stored: key, set: set) }
        }
    }

    subscript(number: KeyNumber) -> Row? { rows[number] }

    /// Whether a key may be sealed with now.
    func seals(_ number: KeyNumber, _ purpose: KeyPurpose) -> Bool {
        guard let key = rows[number]?.stored else { return false }
        return key.fence == .sealing && key.key.purpose == purpose
    }

    /// Whether rows may be sealed with a key now.
    func sealsRows(_ id: KeyID) -> Bool {
        sets.first { $0.scope == nil }?.keys
            .contains { $0.key.id == id && $0.fence == .sealing && $0.key.purpose == .seal }
            ?? false
    }

    /// The fingerprint keys of a set by which cards are found, the oldest first.
    static func live(_ set: KeySet) -> [StoredKey] {
        set.keys.filter { $0.key.purpose == .fingerprint && $0.fence == .sealing }
            .sorted { $0.key.sequence < $1.key.sequence }
    }
}
