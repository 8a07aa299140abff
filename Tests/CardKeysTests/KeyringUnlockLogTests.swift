// SPDX-License-Identifier: Apache-2.0
@testable internal import CardKeys
internal import Logging
internal import Synchronization
internal import Testing

@Suite("A failed unlock") struct KeyringUnlockLogTests {
    private let heard = Heard()
    private let locksmith: Locksmith
    private let source: MemorySource

    init() throws {
        locksmith = try Locksmith.shared.get()
        source = MemorySource(locksmith.file(locksmith.keyring))
    }

    private var logger: Logger { Logger(label: "test") { [heard] _ in Listener(heard: heard) } }
    private var lines: [String] { heard.lines.withLock { $0 } }

    /// Why the keyring does not open, or not once more, with a text; nil when it does.
    private func refusal(_ text: String, again: Bool = false) throws -> KeyringError? {
        let passphrase = try Locksmith.passphrase(text)
        let file = try locksmith.opened(in: source)
        do throws(KeyringError) {
            if again {
                try file.unlockAgain(with: .passphrase(passphrase), logger: logger)
            } else {
                _ = try KeyringFile.unlock(
                    from: source, with: .passphrase(passphrase), logger: logger)
            }
            return nil
        } catch {
            return error
        }
    }

    @Test func `goes on record with its reason, and without the secret`() throws {
        #expect(try refusal("wrong horse 10000") == .cannotUnlock)
        #expect(lines == ["a keyring was not unlocked: \(KeyringError.cannotUnlock)"])
    }

    @Test func `goes on record when it is the second`() throws {
        #expect(try refusal("wrong horse 10000", again: true) == .cannotUnlock)
        #expect(lines == ["a keyring was not unlocked again: \(KeyringError.cannotUnlock)"])
    }

    @Test func `is not what a right secret is`() throws {
        #expect(try refusal(Locksmith.secret) == nil)
        #expect(lines.isEmpty)
    }
}

private final class Heard: Sendable {
    let lines = Mutex<[String]>([])
}

private struct Listener: LogHandler {
    let heard: Heard
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let reason = event.metadata?["reason"].map { "\($0)" } ?? ""
        heard.lines.withLock { $0.append("\(event.message): \(reason)") }
    }
}
