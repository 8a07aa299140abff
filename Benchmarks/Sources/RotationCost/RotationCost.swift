// SPDX-License-Identifier: Apache-2.0
import Workbench

// rotation-cost [CARDS] [ROUNDS]: what each change of keys costs in a small vault, and in vaults
// with ten times as many cards, scopes or keys. Prints two Markdown tables: milliseconds, and what
// was written as transactions of the store + writes of the keyring file, KiB of both.

@main
struct RotationCost {
    static func main() async throws {
        let cardCount = argument(1, or: 1_000)
        let rounds = argument(2, or: 3)
        let vaults = [
            VaultSize(name: "\(cardCount) cards, 1 scope", cardCount: cardCount),
            VaultSize(name: "10 × cards", cardCount: cardCount * 10),
            VaultSize(name: "10 × scopes", cardCount: cardCount, scopeCount: 10),
            VaultSize(name: "10 × keys", cardCount: cardCount, rotationCount: 9),
        ]
        var columns: [[String: Cost]] = []
        for size in vaults {
            let subject = try await Subject(size)
            var costs: [String: [Cost]] = [:]
            for _ in 0..<rounds {
                for (name, cost) in try await subject.round() { costs[name, default: []] += [cost] }
            }
            columns.append(costs.mapValues(Cost.median))
        }
        let header = "| | \(vaults.map(\.name).joined(separator: " | ")) |"
        let rule = "| --- |\(String(repeating: " ---: |", count: vaults.count))"
        for print in [Cost.time, Cost.writes] {
            Swift.print("\n\(header)\n\(rule)")
            for name in Subject.deeds {
                let cells = columns.map { $0[name].map(print) ?? "" }
                Swift.print("| \(name) | \(cells.joined(separator: " | ")) |")
            }
        }
    }
}
