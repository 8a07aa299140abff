// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardData
@testable internal import CardKeys
@testable internal import CardVault
internal import Logging
internal import SecretMemory
internal import Synchronization
internal import Testing

/// The disk that every run begins with: a new vault with some cards. It is made once, as a
/// passphrase is stretched for it.
struct Template: Sendable {
    private static let secret = "correct horse 1"
    static let begin: UInt64 = 1_900_000_000_000
    static let scope: ScopeID = {
        guard let scope = ScopeID("default") else { preconditionFailure("a good name") }
        return scope
    }()
    static let silence = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }

    /// The passphrase of the one slot.
    static func passphrase() throws(KeyringError) -> Passphrase {
        do throws(PassphraseError) {
            return try Passphrase(secret.utf8.span)
        } catch {
            throw .cannotUnlock
        }
    }

    static let shared = Task { try await Template() }

    let content: SimDisk.Content
    let ledger: Ledger.State
    let keyring: KeyringFile

    private init() async throws {
        let process = SimProcess(SimDisk())
        let moment = try #require(Timestamp(milliseconds: Self.begin - 10_000_000))
        keyring = try KeyringFile.draft(
            in: SimKeyring(process: process), passphrase: Self.passphrase(),
            scope: Self.scope, cost: #require(Argon2id(memory: 65_536, passes: 2)),
            moment: moment)
        let store = SimStore(process: process)
        try await Vault.initialize(keyring, store: store)
        let clock = SimClock(at: Self.begin - 1_000_000)
        let vault = try await Vault.open(keyring, process, clock)
        let scope = try await vault.scope(Self.scope.description)
        let ledger = Ledger(
            Ledger.State(scopes: [Self.scope], completeScopes: [Self.scope]))
        for card in 0..<6 {
            let place = Ledger.Place(scope: Self.scope, card: card)
            try ledger.note(
                try await scope.tokenize(PAN(SandboxCards.numbers[card])), of: place)
        }
        content = process.disk.content
        self.ledger = ledger.content
    }
}

extension Vault {
    /// A vault over the disk as a process sees it.
    static func open(
        _ keyring: KeyringFile, _ process: SimProcess, _ clock: SimClock
    ) async throws(VaultError) -> Vault {
        try await Vault(
            keyring: keyring, store: SimStore(process: process), patience: .seconds(600),
            logger: Template.silence
        ) { Timestamp(milliseconds: clock.tick()) ?? .now() }
    }
}

/// The root keys that there were. Who holds one here has no passphrase to stretch.
final class Roots: Sendable {
    private let files: Mutex<[KeyringFile]>

    init(_ first: KeyringFile) { files = Mutex([first]) }

    /// A keyring that was opened with the root key of `image`; nil when nobody did.
    func opening(_ image: KeyringImage?) -> KeyringFile? {
        guard let image else { return nil }
        return files.withLock { files in
            files.last { file in (try? file.verify(image.bytes)) != nil }
        }
    }

    /// Keeps the root key that `keyring` has by now, if it is the one of `image`.
    func note(_ keyring: KeyringFile, _ image: KeyringImage?) {
        guard opening(image) == nil, let image else { return }
        let disk = SimDisk(SimDisk.Content(keyring: image, durableKeyring: image))
        let source = SimKeyring(process: SimProcess(disk))
        guard let file = try? KeyringFile.open(source, sharing: keyring) else { return }
        files.withLock { $0.append(file) }
    }
}
