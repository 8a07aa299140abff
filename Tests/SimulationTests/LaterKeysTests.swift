// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardData
@testable internal import CardKeys
@testable internal import CardVault
internal import SecretMemory
internal import Testing

/// What runs of the simulation have found, as stories of their own.
@Suite("Keys that come meanwhile") struct LaterKeysTests {
    private let template: Template
    private let disk: SimDisk
    private let clock = SimClock(at: Template.begin)

    init() async throws {
        template = try await Template.shared.value
        disk = SimDisk(template.content)
    }

    private func vault(rootOf other: KeyringFile) async throws -> (Vault, KeyringFile) {
        let process = SimProcess(disk)
        let keyring = try KeyringFile.open(SimKeyring(process: process), sharing: other)
        return (try await Vault.open(keyring, process, clock), keyring)
    }

    @Test func `are used by who opened the vault while they waited`() async throws {
        let (tool, keyring) = try await vault(rootOf: template.keyring)
        try await tool.rotateRoot(renewingAll: true) { rotation throws(KeyringError) in
            _ = try rotation.keep(Template.passphrase())
        }
        let (server, _) = try await vault(rootOf: keyring)
        #expect(try await tool.activateKeys().count == 4)
        let scope = try await server.scope(Template.scope.description)
        let card = try await scope.tokenize(PAN(SandboxCards.numbers[0]))
        #expect(!card.isNew)
    }

    @Test func `of a new scope do not make its cards unreadable to a reseal`() async throws {
        let (tool, _) = try await vault(rootOf: template.keyring)
        let (server, _) = try await vault(rootOf: template.keyring)
        var options = ResealOptions()
        options.pageCount = 3
        var reseal = server.reseal(options).makeAsyncIterator()
        _ = try await reseal.next()
        try await tool.addScope(#require(ScopeID("north")))
        for number in SandboxCards.numbers {
            _ = try await tool.scope("north").tokenize(PAN(number))
        }
        var last: ResealProgress?
        while let progress = try await reseal.next() { last = progress }
        #expect(last?.unreadableCount == 0)
        #expect(last?.isFinished == true)
    }
}
