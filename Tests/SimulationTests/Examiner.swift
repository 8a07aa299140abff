// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardData
@testable internal import CardKeys
@testable internal import CardVault

/// Opens a fresh vault on a copy of the disk, and looks at everything that is in it.
struct Examiner {
    let disk: SimDisk
    let roots: Roots
    let ledger: Ledger
    let clock: SimClock

    func examine() async throws {
        let content = disk.content
        var images = [content.keyring].compactMap(\.self)
        // What is shown may be gone when the power is.
        if let durable = content.durableKeyring, durable.bytes != images.first?.bytes {
            images.append(durable)
        }
        for image in images {
            var content = content
            content.keyring = image
            content.durableKeyring = image
            content.lockOwner = nil
            let copy = SimDisk(content)
            defer { copy.wipe() }
            try await examine(copy, image)
        }
    }

    private func examine(_ copy: SimDisk, _ image: KeyringImage) async throws {
        let process = SimProcess(copy)
        guard let root = roots.opening(image) else {
            throw Violation(text: "nobody has the root key")
        }
        let keyring = try KeyringFile.open(SimKeyring(process: process), sharing: root)
        let vault = try await Vault.open(keyring, process, SimClock(at: clock.last))
        try await examineCards(vault, copy.content)
        try await examineHolds(vault, copy.content)
        _ = try await vault.inventory()
        let log = AuditLog(keyring: keyring, store: SimStore(process: process))
        if let fault = try await log.verify().fault {
            throw Violation(text: "the audit log: \(fault)")
        }
    }

    /// Every card opens, and is the one that somebody was told of; none is there twice.
    private func examineCards(_ vault: Vault, _ content: SimDisk.Content) async throws {
        let told = ledger.content
        let keys = KeyDirectory(content.store)
        var seen: Set<Ledger.Place> = []
        for card in content.store.cards.values {
            guard let set = keys[card.key]?.set, let scope = set.scope else {
                throw Violation(text: "a card of no scope")
            }
            guard !set.isDead else { continue }
            let pan = try await vault.keys(of: scope).opened(card)
            guard let index = SandboxCards.index(of: pan) else {
                throw Violation(text: "a card that nobody stored")
            }
            let place = Ledger.Place(scope: scope, card: index)
            guard seen.insert(place).inserted else {
                throw Violation(text: "card \(index) has two tokens in \(scope)")
            }
            guard told.tokens[card.token].map({ $0.place == place }) ?? true else {
                throw Violation(text: "a token of another card than was told")
            }
        }
    }

    private func examineHolds(_ vault: Vault, _ content: SimDisk.Content) async throws {
        for held in ledger.content.holds where !held.isEnding && !content.isDead(held.scope) {
            let scope = try await vault.scope(held.scope.description)
            let code = try await scope.redeem(HoldHandle(held.text.span)) {
                (code: borrowing CardVerificationCode) in
                code.withDigits { digits in
                    String(decoding: digits.indices.map { digits[$0] }, as: UTF8.self)
                }
            }
            guard code == String(held.code) else { throw Violation(text: "another code") }
        }
    }
}
