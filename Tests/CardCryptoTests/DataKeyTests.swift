// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import TestSupport
internal import Testing

@Suite("Data key") struct DataKeyTests {
    static let plaintexts: [[UInt8]] = [[], [0x34], samplePlaintext, Array(0..<64)]

    @Test(arguments: SealingPath.all) func `opens what it sealed`(path: SealingPath) throws {
        #expect(try AEADLaws.lost(0...300, by: path.sealer()).isEmpty)
    }

    @Test(arguments: SealingPath.all, plaintexts)
    func `refuses a box with any bit altered`(path: SealingPath, plaintext: [UInt8]) throws {
        try AEADLaws.refuse(
            Alterations.flips, of: plaintext, by: path.sealer(),
            Tally("every bit of a sealed box"))
    }

    @Test(arguments: SealingPath.all, plaintexts)
    func `refuses a truncated box`(path: SealingPath, plaintext: [UInt8]) throws {
        try AEADLaws.refuse(
            Alterations.cuts, of: plaintext, by: path.sealer(),
            Tally("every truncation of a sealed box"))
    }

    @Test(arguments: SealingPath.all, plaintexts)
    func `refuses a box with bytes after it`(path: SealingPath, plaintext: [UInt8]) throws {
        try AEADLaws.refuse(
            Alterations.tails, of: plaintext, by: path.sealer(),
            Tally("1 to 64 bytes after a sealed box"))
    }

    @Test(arguments: SealingPath.all)
    func `refuses a box moved to another record`(path: SealingPath) throws {
        try AEADLaws.refuseMoved(
            samplePlaintext, by: path.sealer(), Tally("a sealed box as another record's"))
    }

    @Test(arguments: SealingPath.all) func `refuses a box of another key`(path: SealingPath) throws
    {
        let binding = try Record().binding
        let box = try path.sealer().seal(samplePlaintext, binding)
        let others = (0..<256).map { bit in
            var key = sampleBytes
            key[bit / 8] ^= 1 << (bit % 8)
            return key
        }
        let accepted = try others.filter { key in
            try path.sealer(key).refusal(of: box, as: binding) != .notAuthentic
        }
        #expect(accepted.isEmpty)
    }

    @Test(arguments: SealingPath.all, SealingPath.all)
    func `opens a box of its suite by either engine`(from: SealingPath, to: SealingPath) throws {
        let binding = try Record().binding
        let box = try from.sealer().seal(samplePlaintext, binding)
        let sealer = try to.sealer()
        if from.suite == to.suite {
            #expect(try sealer.open(box, binding) == samplePlaintext)
        } else {
            #expect(sealer.refusal(of: box, as: binding) == .wrongSuite(from.suite.rawValue))
        }
    }

    @Test(arguments: SealingPath.all, [1, 16, 127, 1000])
    func `leaves no plaintext where it refuses`(path: SealingPath, count: Int) throws {
        let binding = try Record().binding
        var box = try path.sealer().seal(Array(repeating: 0x34, count: count), binding)
        box[box.count - 1] ^= 1
        let material = try sampleKey(purpose: .data, suite: path.suite)
        let key = try DataKey(material, engine: path.engine, in: sampleSlab())
        var output = [UInt8](repeating: 0xaa, count: count)
        do {
            var span = output.mutableSpan
            try key.open(box.span, as: binding, into: &span)
            Issue.record("an altered box opens")
        } catch {
            #expect(error == .notAuthentic)
        }
        #expect(output.allSatisfy { $0 == 0 })
    }

    @Test(arguments: SealingPath.all, [8, 10])
    func `refuses room of another size`(path: SealingPath, count: Int) throws {
        let binding = try Record().binding
        let box = try path.sealer().seal(samplePlaintext, binding)
        let material = try sampleKey(purpose: .data, suite: path.suite)
        let key = try DataKey(material, engine: path.engine, in: sampleSlab())
        var output = [UInt8](repeating: 0xaa, count: count)
        do {
            var span = output.mutableSpan
            try key.open(box.span, as: binding, into: &span)
            Issue.record("a box opens into room of another size")
        } catch {
            #expect(error == .wrongSize(count: box.count))
        }
        #expect(output.allSatisfy { $0 == 0xaa })
    }

    @Test(arguments: SealingPath.all) func `knows its id and suite`(path: SealingPath) throws {
        let material = try sampleKey(purpose: .data, suite: path.suite)
        let id = material.id
        let key = try DataKey(material, in: sampleSlab(), allowingSoftwareAES: true)
        #expect(key.id == id)
        #expect(key.suite == path.suite)
    }

    @Test func `traps on a box of the wrong size`() async {
        await #expect(processExitsWith: .trap) {
            let key = try DataKey(
                sampleKey(purpose: .data, suite: .xchacha20Poly1305), in: sampleSlab())
            let binding = try Record().binding
            let plaintext = [UInt8](repeating: 0, count: 9)
            var box = [UInt8](repeating: 0, count: 49)
            var span = box.mutableSpan
            key.seal(plaintext.span, as: binding, into: &span)
        }
    }

    @Test func `traps on a key of another purpose`() async {
        await #expect(processExitsWith: .trap) {
            let material = try sampleKey(purpose: .hold, suite: .xchacha20Poly1305)
            _ = try DataKey(material, in: sampleSlab())
        }
    }

    @Test func `traps on a suite that seals no boxes`() async {
        await #expect(processExitsWith: .trap) {
            let material = try sampleKey(purpose: .data, suite: .hmacSHA256)
            _ = try DataKey(material, in: sampleSlab(), allowingSoftwareAES: true)
        }
    }
}
