// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import CardCrypto
internal import CardVault

// The life of a single key, step by step.
extension KeyCommand {
    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep a key from sealing for a time. It opens what it sealed.")

        @OptionGroup var options: VaultOptions
        @Argument(help: KeyPrefix.help) var key: KeyPrefix

        func run() async throws {
            let vault = try await options.openVault()
            let id = try await key.find(in: vault)
            try await vault.suspend(id)
            try StateReport(id, .suspended).print(json: options.json)
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a suspended key seal again.")

        @OptionGroup var options: VaultOptions
        @Argument(help: KeyPrefix.help) var key: KeyPrefix

        func run() async throws {
            let vault = try await options.openVault()
            let id = try await key.find(in: vault)
            try await vault.resume(id)
            try StateReport(id, .active).print(json: options.json)
        }
    }

    struct Deactivate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End the sealing of a key for good. It opens what it sealed.")

        @OptionGroup var options: VaultOptions
        @Argument(help: KeyPrefix.help) var key: KeyPrefix

        func run() async throws {
            let vault = try await options.openVault()
            let id = try await key.find(in: vault)
            try await vault.deactivate(id)
            try StateReport(id, .deactivated).print(json: options.json)
        }
    }

    struct Compromise: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Mark a key as known to somebody else, and replace it.",
            discussion: "What it sealed is the first that the next reseal seals anew.")

        @OptionGroup var options: VaultOptions
        @Argument(help: KeyPrefix.help) var key: KeyPrefix

        func run() async throws {
            let vault = try await options.openVault()
            let id = try await key.find(in: vault)
            let made = try await vault.compromise(id)
            try StateReport(id, .compromised, made: made).print(json: options.json)
        }
    }
}

/// The state that a key is in now, and the keys that were made for it.
private struct StateReport: Encodable {
    let key: String
    let state: String
    let made: [String]?

    init(_ id: KeyID, _ state: KeyState, made: [KeyID]? = nil) {
        key = id.description
        self.state = state.description
        self.made = made?.map(\.description)
    }

    func print(json: Bool) throws {
        guard !json else { return try Report.json(self) }
        Report.line("The key \(key) is \(state) now.")
        guard let made, !made.isEmpty else { return }
        for key in made { Report.line("New key: \(key).") }
        Report.line("Run 'card-vault reseal' to seal the cards anew.")
    }
}
