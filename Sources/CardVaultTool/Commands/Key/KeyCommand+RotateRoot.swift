// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardVault

extension KeyCommand.Rotate {
    /// Gives the keyring a new root key, for the custodians whose secrets are given.
    func rotateRoot() async throws {
        var (file, custodians) = try slots.unlock(options)
        let vault = try await options.openVault(of: file)
        Standard.error.write(
            "Who kept an old copy of the keyring and its secret keeps every key of that copy.\n")
        if !all { Standard.error.write("Renew those keys too with --all.\n") }
        do {
            let change = try await vault.rotateRoot(renewingAll: all) {
                rotation throws(KeyringError) in
                try custodians.keep(&rotation) { dropped throws(ToolError) in
                    if !dropped.isEmpty { try confirmation.require() }
                }
            }
            try RootReport(change).print(json: options.json)
        } catch {
            throw custodians.reason(error)
        }
    }
}

private struct RootReport: Encodable {
    let kept: [String]
    let dropped: [String]
    let waiting: [String]

    init(_ change: RootChange) {
        kept = change.kept.map(\.description)
        dropped = change.dropped.map(\.description)
        waiting = change.waiting.map(\.description)
    }

    func print(json: Bool) throws {
        guard !json else { return try Report.json(self) }
        Report.line("The keyring has a new root key. Slots kept: \(kept.joined(separator: ", ")).")
        if !dropped.isEmpty { Report.line("Slots dropped: \(dropped.joined(separator: ", ")).") }
        guard !waiting.isEmpty else { return }
        Report.line("New keys that wait: \(waiting.count). Let every server take the new keyring;")
        Report.line("then run 'card-vault key activate'.")
    }
}
