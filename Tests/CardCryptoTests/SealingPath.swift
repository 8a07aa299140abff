// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import SecretMemory
internal import Testing

extension AESEngine {
    /// The engines that this machine can run.
    static let here: [AESEngine] = Sodium.hasAES ? [.instructions, .software] : [.software]
}

/// A suite that seals, and the code that runs it.
struct SealingPath: Sendable, CustomTestStringConvertible {
    let suite: Suite
    let engine: AESEngine

    /// Every path that this machine can run.
    static let all =
        [SealingPath(suite: .xchacha20Poly1305, engine: .software)]
        + AESEngine.here.map { SealingPath(suite: .xaes256GCM, engine: $0) }

    var testDescription: String {
        suite == .xaes256GCM ? "\(suite) by \(engine)" : suite.description
    }

    /// The cipher that takes a nonce.
    func cipher(_ key: [UInt8] = sampleBytes) throws -> BoxCipher {
        let material = try sampleKey(key, purpose: .data, suite: suite)
        return try BoxCipher(material, engine: engine, in: sampleSlab())
    }

    /// A data key with the verbs of a sealer.
    func sealer(_ key: [UInt8] = sampleBytes) throws -> Sealer {
        let material = try sampleKey(key, purpose: .data, suite: suite)
        let held = HeldDataKey(try DataKey(material, engine: engine, in: sampleSlab()))
        return Sealer(suite: suite, seal: held.seal, open: held.open)
    }
}

/// A key with the two verbs of a stored box over arrays.
struct Sealer: Sendable {
    let suite: Suite
    let seal: @Sendable ([UInt8], RecordBinding) -> [UInt8]
    let open: @Sendable ([UInt8], RecordBinding) throws(OpenError) -> [UInt8]
    /// The one size of its boxes; nil, where they have any.
    var boxByteCount: Int?

    /// Why `box` is refused; nil when it opens.
    func refusal(of box: [UInt8], as binding: RecordBinding) -> OpenError? {
        do throws(OpenError) {
            _ = try open(box, binding)
            return nil
        } catch {
            return error
        }
    }

    /// Why `altered` must be refused, which is put in the place of a box.
    func refusal(of altered: [UInt8], for box: [UInt8]) -> OpenError {
        let isSized = boxByteCount.map { $0 == altered.count } ?? true
        guard isSized, altered.count >= StoredBox.overhead else {
            return .wrongSize(count: altered.count)
        }
        return altered[0] == box[0] ? .notAuthentic : .wrongSuite(altered[0])
    }
}

/// A data key that many tasks share.
final class HeldDataKey: Sendable {
    private let key: DataKey

    init(_ key: consuming DataKey) { self.key = key }

    func seal(_ plaintext: [UInt8], as binding: RecordBinding) -> [UInt8] {
        var box = [UInt8](repeating: 0, count: plaintext.count + StoredBox.overhead)
        var span = box.mutableSpan
        key.seal(plaintext.span, as: binding, into: &span)
        return box
    }

    func open(_ box: [UInt8], as binding: RecordBinding) throws(OpenError) -> [UInt8] {
        var plaintext = [UInt8](repeating: 0xaa, count: max(0, box.count - StoredBox.overhead))
        var span = plaintext.mutableSpan
        try key.open(box.span, as: binding, into: &span)
        return plaintext
    }
}
