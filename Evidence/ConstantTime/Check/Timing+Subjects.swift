// SPDX-License-Identifier: Apache-2.0
internal import CardCrypto
internal import CardVault
internal import ConstantTime
internal import SecretMemory

/// What is timed: what an outsider can call many times.
extension Timing {
    static var subjects: [Timing] {
        get throws {
            [
                Timing(halves: "equal, 32 bytes") { a, b in equal(a, b).declassify() },
                Timing(halves: "isLess, 32 bytes") { a, b in isLess(a, b).declassify() },
                parse, try open,
                Timing(
                    halves: "compare that ends at the first difference", .control,
                    endsEarlyControl),
            ]
        }
    }

    /// Two halves that are the same, against two that are not.
    private init(
        halves name: String, _ kind: Operation.Kind = .operation,
        _ compare: @escaping @Sendable (Span<UInt8>, Span<UInt8>) -> Bool
    ) {
        self.init(
            name: name, kind: kind,
            fill: { isRandom, input, randomness in
                for i in 0..<32 {
                    input[i] = 0x5A
                    input[32 + i] = UInt8(truncatingIfNeeded: randomness.next())
                    if !isRandom { input[32 + i] = 0x5A }
                }
            },
            run: { input in
                compare(input.extracting(first: 32), input.extracting(last: 32)) ? 1 : 0
            }, inputByteCount: 64)
    }

    /// One number, against random digits.
    private static let parse = Timing(
        name: "PAN parse and Luhn, 16 digits", kind: .operation,
        fill: { isRandom, input, randomness in
            for i in 0..<16 {
                let digit = UInt8(randomness.next() % 10)
                input[i] = 0x30 + (isRandom ? digit : 1)
            }
        },
        run: { input in
            do throws(PANError) {
                return try PAN(input, luhn: .ignored).passesLuhn ? 1 : 0
            } catch {
                preconditionFailure("sixteen digits are parsed")
            }
        }, inputByteCount: 16)

    /// A tag that is wrong in its last bit, against one that is wrong everywhere.
    private static var open: Timing {
        get throws {
            let slab = try KeySlab(locking: .optedOut)
            let key = SharedKey(
                try DataKey(
                    try KeyMaterial.generate(
                        purpose: .data, suite: .xchacha20Poly1305, in: slab), in: slab))
            let sealed = key.sealed()
            return Timing(
                name: "box open, wrong tag", kind: .operation,
                fill: { isRandom, input, randomness in
                    for i in sealed.indices { input[i] = sealed[i] }
                    for i in (sealed.count - 16)..<sealed.count {
                        let byte = UInt8(truncatingIfNeeded: randomness.next())
                        if isRandom { input[i] = byte }
                    }
                    if !isRandom { input[sealed.count - 1] ^= 1 }
                },
                run: { key.opens($0) ? 1 : 0 }, inputByteCount: sealed.count)
        }
    }
}

/// A key that closures share.
private final class SharedKey: Sendable {
    private let key: DataKey
    private let binding = RecordBinding(
        vault: .random(), kind: .card, scope: "shop", record: "record".utf8.span, facts: Frame())

    init(_ key: consuming DataKey) { self.key = key }

    func sealed() -> [UInt8] {
        var box = [UInt8](repeating: 0, count: 9 + StoredBox.overhead)
        var out = box.mutableSpan
        key.seal([UInt8](repeating: 1, count: 9).span, as: binding, into: &out)
        return box
    }

    func opens(_ box: Span<UInt8>) -> Bool {
        var content = InlineArray<9, UInt8>(repeating: 0)
        var out = content.mutableSpan
        do throws(OpenError) {
            try key.open(box, as: binding, into: &out)
            return true
        } catch {
            return false
        }
    }
}
