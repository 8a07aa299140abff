// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardCrypto
internal import CardVault

extension KeyCommand {
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a new key that seals from now on.",
            discussion: """
                Reads and writes go on meanwhile. Cut off, it goes on when run again. After the \
                rotation of a data or fingerprint key the cards of its scope are sealed anew. Of \
                the root key, the slots are kept whose secrets are given, and no others.
                """)

        @OptionGroup var options: VaultOptions
        @OptionGroup var pace: ResealPace
        @OptionGroup var slots: CustodianOptions
        @OptionGroup var confirmation: Confirmation
        @Argument(help: "What the key is for.") var purpose: RotatedKey
        @Flag(help: "The keys of every scope; with root, every key of the vault.") var all = false
        @Flag(help: "Leave the cards under the old key for a later reseal.") var noReseal = false

        func validate() throws {
            guard purpose == .root || slots.alsoPassphraseFile.isEmpty else {
                throw ValidationError("--also-passphrase-file is for root.")
            }
            guard purpose == .root || slots.newPassphraseFile == nil else {
                throw ValidationError("--new-passphrase-file is for root.")
            }
            guard purpose.isOfScope || options.givenScope == nil else {
                throw ValidationError("--scope is for scope, data and fingerprint.")
            }
            guard purpose.isOfScope || purpose == .root || !all else {
                throw ValidationError("--all is for root, scope, data and fingerprint.")
            }
            guard !all || options.givenScope == nil else {
                throw ValidationError("Give --scope or --all, not both.")
            }
        }

        func run() async throws {
            guard let purpose = purpose.purpose else { return try await rotateRoot() }
            let vault = try await options.openVault()
            let rotated = try await rotate(purpose, in: vault)
            if !options.json { for rotation in rotated { rotation.print() } }
            let reseal = try await reseal(vault)
            if options.json {
                try Report.json(RotationsReport(rotated: rotated, reseal: reseal))
            } else {
                try reseal?.print(json: false)
            }
            try reseal?.check()
            if all { try await vault.requireWholeScopes() }
        }

        private func rotate(
            _ purpose: KeyPurpose, in vault: Vault
        ) async throws -> [RotationReport] {
            guard self.purpose.isOfScope else {
                return [RotationReport(purpose, nil, try await vault.rotate(purpose))]
            }
            let scopes = try await scopes(of: vault)
            let rotations = try await vault.rotate(purpose, ofEach: scopes)
            return zip(scopes, rotations).map { RotationReport(purpose, $0, $1) }
        }

        private func scopes(of vault: Vault) async throws -> [ScopeID] {
            if all {
                let damaged = try await vault.damagedScopes()
                return vault.scopeList.filter { $0.shreddedAt == nil }.map(\.id)
                    .filter { !damaged.contains($0) }
            }
            guard let scope = ScopeID(options.scope) else { throw ScopeCommand.badName }
            return [scope]
        }

        private func reseal(_ vault: Vault) async throws -> ResealReport? {
            guard purpose == .data || purpose == .fingerprint else { return nil }
            let scope = all ? nil : options.scope
            guard !noReseal else {
                let option = scope.map { " --scope \($0)" } ?? ""
                Standard.error.write(
                    "Run 'card-vault reseal\(option)' to seal the cards anew.\n")
                return nil
            }
            return try await ResealRun(of: vault, scope, options, pace.options).finish()
        }
    }
}

/// The keys that can be rotated, by their names.
enum RotatedKey: String, ExpressibleByArgument, CaseIterable {
    case root, scope, data, fingerprint, hold, audit, seal

    /// Nil for the root key, which is no key of the keyring but the one above it.
    var purpose: KeyPurpose? { KeyPurpose(rawValue: rawValue) }
    /// Whether each scope has one.
    var isOfScope: Bool { [.scope, .data, .fingerprint].contains(self) }
}

private struct RotationsReport: Encodable {
    let rotated: [RotationReport]
    let reseal: ResealReport?
}

private struct RotationReport: Encodable {
    let purpose: String
    let scope: Nullable<String>
    let new: String
    let old: Nullable<String>
    let resumed: Bool

    init(_ purpose: KeyPurpose, _ scope: ScopeID?, _ rotation: KeyRotation) {
        self.purpose = purpose.description
        self.scope = Nullable(scope?.description)
        new = rotation.new.description
        old = Nullable(rotation.old?.description)
        resumed = rotation.isResumed
    }

    func print() {
        let name = "\(purpose) key" + (scope.value.map { " of \($0)" } ?? "")
        guard !resumed else {
            return Report.line("Goes on with a rotation that was cut off, to \(name): \(new).")
        }
        Report.line("New \(name): \(new).")
        if let old = old.value { Report.line("It takes the place of \(old).") }
    }
}
