// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardVault

/// Who keeps a slot when the keyring gets a new root key: the one who unlocked it, and others.
struct CustodianOptions: ParsableArguments {
    @Option(help: "Keep the slot that this file's passphrase opens too; may be repeated.")
    var alsoPassphraseFile: [String] = []
    @Option(help: "Let this file's passphrase open the slot of the one that unlocked, from now on.")
    var newPassphraseFile: String?

    /// Unlocks a keyring, and keeps at hand what opens its slots.
    func unlock(_ options: VaultOptions) throws -> (KeyringFile, Custodians) {
        var own: Passphrase?
        let file = try options.unlockKeyring(keeping: { passphrase in
            own = try passphrase.copy(locking: options.locking)
        })
        guard let own = own.take() else { throw KeyringError.cannotUnlock }
        let next = try newPassphraseFile.map { path in
            Custodian(try options.passphrase(inFile: path, of: "--new-passphrase-file"))
        }
        let others = try alsoPassphraseFile.map { path in
            Custodian(try options.passphrase(inFile: path, of: "--also-passphrase-file"))
        }
        return (file, Custodians(own: Custodian(own), next: next, others: others))
    }
}

/// One who stays. A passphrase cannot be put into an array; this can.
final class Custodian {
    fileprivate let passphrase: Passphrase

    fileprivate init(_ passphrase: consuming Passphrase) { self.passphrase = passphrase }
}

/// The custodians who stay.
struct Custodians {
    /// The one who unlocked the keyring.
    private let own: Custodian
    /// The passphrase that opens that one's slot from now on; nil for the same as before.
    private let next: Custodian?
    private let others: [Custodian]
    private var refusal: ToolError?

    fileprivate init(own: Custodian, next: Custodian?, others: [Custodian]) {
        self.own = own
        self.next = next
        self.others = others
    }

    /// Presents their secrets, and says whose slots are dropped.
    ///
    /// - Parameter confirm: asks whether that is meant. What it throws leaves the keyring as it
    ///   was.
    mutating func keep(
        _ rotation: inout RootRotation, confirm: ([SlotID]) throws(ToolError) -> Void
    ) throws(KeyringError) {
        if let next { _ = try rotation.change(own.passphrase, to: next.passphrase) }
        for custodian in next == nil ? [own] + others : others {
            _ = try rotation.keep(custodian.passphrase)
        }
        let slots = rotation.dropped
        if !slots.isEmpty {
            Standard.error.write("Slots that will open the keyring no more: \(slots.count).\n")
            for slot in slots { Standard.error.write("  \(slot)\n") }
        }
        do throws(ToolError) {
            try confirm(slots)
        } catch {
            refusal = error
            throw .slotsRefused
        }
    }

    /// Why the rotation was not made: what the person at the terminal said comes first.
    func reason(_ error: any Error) -> any Error { refusal ?? error }
}
