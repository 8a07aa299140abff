// SPDX-License-Identifier: Apache-2.0

/// Many runs, some of them at a time.
struct Runs {
    /// How many failures are told of.
    private static let failureLimit = 5
    /// How many runs go on at a time.
    private static let width: UInt64 = 3

    let seeds: ClosedRange<UInt64>
    var fault: PlantedFault?

    /// What went wrong, seed by seed, with the end of each trace.
    func failures(atMost limit: Int = failureLimit) async throws -> [String] {
        let template = try await Template.shared.value
        return await withTaskGroup(of: (UInt64, Simulation.Report).self) { group in
            var next = seeds.lowerBound
            func add() {
                guard next <= seeds.upperBound else { return }
                let (seed, fault) = (next, fault)
                next += 1
                group.addTask {
                    (seed, await Simulation(seed: seed, fault: fault, on: template).run())
                }
            }
            for _ in 0..<Self.width { add() }
            var failures: [String] = []
            while let (seed, report) = await group.next(), failures.count < limit {
                if let violation = report.violation {
                    let end = report.trace.suffix(60).joined(separator: "\n  ")
                    failures.append("seed \(seed): \(violation)\n  \(end)")
                }
                add()
            }
            return failures
        }
    }

    func firstFailure() async throws -> String? { try await failures(atMost: 1).first }
}
