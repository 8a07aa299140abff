// SPDX-License-Identifier: Apache-2.0
import CardCrypto
import CardVault
import Foundation

@testable import CardVaultSQLite

/// A vault of one test, in a folder of its own: a copy of one that is made once.
///
/// It has the scopes `default`, with one card, and `acme`, with none. Its keyring costs the least
/// that a keyring may, so that the many runs of these tests are quick.
final class ToolVault {
    static let passphrase = "correct horse 9"
    /// The card that is there, as a processor publishes it for its sandbox.
    static let storedCard = "4111111111111111"

    let scratch: Scratch
    /// The token of the card that is there.
    let token: String

    private struct Template: Sendable {
        let keyring: Data
        let store: Data
        let token: String
    }

    private static let template = Task { try await makeTemplate() }

    init() async throws {
        let template = try await Self.template.value
        scratch = try Scratch()
        token = template.token
        try scratch.write(template.keyring, to: "keyring.json")
        try scratch.write(template.store, to: "cards.db")
        try scratch.write("\(Self.passphrase)\n".utf8, to: "passphrase")
    }

    /// Runs the tool on this vault, with the passphrase from its file.
    @discardableResult
    func run(
        _ arguments: String..., input: String = "", shell: String? = nil
    ) throws -> Tool.Transcript {
        try Tool.run(withPassphrase(arguments), in: scratch.path, input: input, shell: shell)
    }

    /// Runs the tool on this vault, with nothing but these arguments.
    func runBare(
        _ arguments: String..., input: String = "", shell: String? = nil
    ) throws -> Tool.Transcript {
        try Tool.run(arguments, in: scratch.path, input: input, shell: shell)
    }

    /// Starts the tool on this vault, with the passphrase from its file.
    func start(_ arguments: String...) throws -> Tool {
        try Tool(withPassphrase(arguments), in: scratch.path)
    }

    /// The bytes of every file, but for those that are no content: locks, the index of SQLite's
    /// log, and a log without a commit.
    func files() throws -> [String: [UInt8]] {
        let names = try scratch.names().filter { !$0.hasSuffix(".lock") && !$0.hasSuffix("-shm") }
        return Dictionary(
            uniqueKeysWithValues: names.compactMap { name in
                let bytes = scratch.read(name) ?? []
                return bytes.isEmpty && name.hasSuffix("-wal") ? nil : (name, bytes)
            })
    }

    /// What the vault keeps, but for the audit log, which grows with every use: the rows of every
    /// other table, and the bytes of every other file.
    func contents() throws -> [String: [UInt8]] {
        var contents = try files().filter { !$0.key.hasPrefix("cards.db") }
        let connection = try connection()
        for table in SQLiteSchema.tableNames where !table.hasPrefix("audit") {
            let columns = try texts("SELECT name FROM pragma_table_info('\(table)')", connection)
            let row = columns.map { "quote(\($0))" }.joined(separator: " || ',' || ")
            contents["table \(table)"] = try texts("SELECT \(row) FROM \(table)", connection)
                .flatMap { Array($0.utf8) + [0x0a] }
        }
        return contents
    }

    private func texts(_ sql: String, _ connection: SQLiteConnection) throws -> [String] {
        let statement = try connection.prepare(sql)
        var texts: [String] = []
        while try statement.step() { texts.append(statement.text(0)) }
        return texts
    }

    /// How many cards the store has.
    func cardCount() throws -> Int64 { try query("SELECT count(*) FROM cards") }

    /// The stored keys of the tokens of every card.
    func storedTokens() throws -> Set<[UInt8]> {
        let statement = try connection().prepare("SELECT token FROM cards")
        var tokens: Set<[UInt8]> = []
        while try statement.step() { tokens.insert(statement.bytes(0)) }
        return tokens
    }

    /// The first integer that SQL gives.
    func query(_ sql: String) throws -> Int64 {
        let statement = try connection().prepare(sql)
        return try statement.step() ? statement.integer(0) : 0
    }

    /// Runs SQL on the store, as somebody does who can write the file.
    func execute(_ sql: String) throws { try connection().execute(sql) }

    /// A connection to the store, as another program has one.
    func connection() throws -> SQLiteConnection {
        try SQLiteConnection(path: scratch.file("cards.db"), patience: .seconds(10))
    }

    private func withPassphrase(_ arguments: [String]) -> [String] {
        arguments + ["--passphrase-file", "passphrase"]
    }

    private static func makeTemplate() async throws -> Template {
        let scratch = try Scratch()
        let (keyring, store) = (scratch.file("keyring.json"), scratch.file("cards.db"))
        let token = try await fill(keyring, store)
        guard let keyringBytes = scratch.read("keyring.json"), let bytes = scratch.read("cards.db")
        else { throw Tool.Refusal.notBuilt }
        return Template(keyring: Data(keyringBytes), store: Data(bytes), token: token)
    }

    /// Makes a vault whose store is one file: nothing is left in its log.
    private static func fill(_ keyring: String, _ store: String) async throws -> String {
        let cheapest = Argon2id(memory: 65_536, passes: 2) ?? .standard
        guard let scope = ScopeID("default"), let acme = ScopeID("acme") else {
            throw Tool.Refusal.notBuilt
        }
        let file = try KeyringFile.draft(
            at: keyring, passphrase: Passphrase(passphrase.utf8.span), scope: scope, cost: cheapest)
        let sqlite = try SQLiteStore.create(path: store)
        try await Vault.initialize(file, store: sqlite)
        let vault = try await Vault(keyring: file, store: sqlite, patience: .seconds(3_600))
        try await vault.addScope(acme)
        let card = try await vault.scope("default").tokenize(PAN(storedCard))
        try await sqlite.checkpoint()
        return card.token.description
    }
}
