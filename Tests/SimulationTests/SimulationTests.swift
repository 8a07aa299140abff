// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Testing

@Suite("Simulation") struct SimulationTests {
    /// The seeds that are run: as many as the environment asks for, from the one that it names;
    /// else 1,000, or 100 where nothing is optimized, from 1.
    private static var seeds: ClosedRange<UInt64> {
        #if DEBUG
            let usual: UInt64 = 100
        #else
            let usual: UInt64 = 1_000
        #endif
        func asked(_ name: String) -> UInt64? {
            ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
        }
        let first = asked("CARD_VAULT_FIRST_SEED") ?? 1
        return first...(first + max(asked("CARD_VAULT_SEEDS") ?? usual, 1) - 1)
    }

    @Test func `finds nothing wrong`() async throws {
        let failures = try await Runs(seeds: Self.seeds).failures()
        #expect(failures.isEmpty, "\(failures.joined(separator: "\n\n"))")
    }

    @Test(arguments: PlantedFault.allCases)
    func `finds a planted fault`(_ fault: PlantedFault) async throws {
        let found = try await Runs(seeds: 1...1_000, fault: fault).firstFailure()
        #expect(found != nil)
    }

    @Test(arguments: 1...20) func `is the same for the same seed`(_ seed: UInt64) async throws {
        let template = try await Template.shared.value
        let first = await Simulation(seed: seed, on: template).run()
        let second = await Simulation(seed: seed, on: template).run()
        #expect(first == second)
        #expect(first.trace.count > 20)
    }
}
