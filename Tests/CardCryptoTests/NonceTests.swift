// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import Testing

@Suite("Nonces") struct NonceTests {
    @Test func `never repeat`() async throws {
        let path = SealingPath(suite: .preferred, engine: Sodium.hasAES ? .instructions : .software)
        let (sealer, binding) = (try path.sealer(), try Record().binding)
        let nonces = await withTaskGroup(of: Set<[UInt8]>.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    Set((0..<12_500).map { _ in Array(sealer.seal([], binding)[1..<25]) })
                }
            }
            return await group.reduce(into: Set()) { $0.formUnion($1) }
        }
        #expect(nonces.count == 100_000)
    }

    @Test(arguments: SealingPath.all)
    func `make two boxes of one plaintext differ in every part`(path: SealingPath) throws {
        let (sealer, binding) = (try path.sealer(), try Record().binding)
        let (a, b) = (sealer.seal(samplePlaintext, binding), sealer.seal(samplePlaintext, binding))
        #expect(a[1..<25] != b[1..<25])
        #expect(a[25..<34] != b[25..<34])
        #expect(a[34...] != b[34...])
    }

    @Test func `are drawn in all their bytes`() throws {
        let path = SealingPath(suite: .xchacha20Poly1305, engine: .software)
        let (sealer, binding) = (try path.sealer(), try Record().binding)
        let nonces = (0..<200).map { _ in Array(sealer.seal([], binding)[1..<25]) }
        // Of 256 values 200 draws take fewer than 90 once in more than 10^20 runs.
        #expect((0..<24).allSatisfy { place in Set(nonces.map { $0[place] }).count >= 90 })
    }
}
