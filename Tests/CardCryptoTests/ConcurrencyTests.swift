// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import TestSupport
internal import Testing

@Suite("One key in many tasks") struct ConcurrencyTests {
    @Test(arguments: SealingPath.all)
    func `opens what any task sealed`(path: SealingPath) async throws {
        let (sealer, binding) = (try path.sealer(), try Record().binding)
        let boxes = await inTasks(8) { task in
            (0..<250).map { sealer.seal([UInt8(task), UInt8($0)], binding) }
        }
        let opened = await inTasks(8) { task in
            boxes[(task + 3) % 8].map { box in try? sealer.open(box, binding) }
        }
        let expected = (0..<8).map { task in
            (0..<250).map { [UInt8((task + 3) % 8), UInt8($0)] }
        }
        #expect(opened == expected)
    }

    @Test func `gives every task the same fingerprints`() async throws {
        let key = HeldKey(try FingerprintKeyTests.key())
        let fingerprints = await inTasks(8) { _ in
            (0..<250).map { key.fingerprint(of: [UInt8($0)]) }
        }
        #expect(Set(fingerprints).count == 1 && Set(fingerprints[0]).count == 250)
    }

    /// What each of `count` tasks at once makes, in the order of the tasks.
    private func inTasks<Made: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) -> Made
    ) async -> [Made] {
        await withTaskGroup(of: (Int, Made).self) { group in
            for task in 0..<count { group.addTask { (task, body(task)) } }
            let made = await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            return (0..<count).compactMap { made[$0] }
        }
    }
}

/// A fingerprint key that many tasks share.
private final class HeldKey: Sendable {
    private let key: FingerprintKey

    init(_ key: consuming FingerprintKey) { self.key = key }

    func fingerprint(of plaintext: [UInt8]) -> Fingerprint {
        key.fingerprint(of: plaintext, scope: "acme")
    }
}
