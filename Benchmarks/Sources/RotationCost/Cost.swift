// SPDX-License-Identifier: Apache-2.0
import Foundation
import Workbench

/// What a deed cost.
struct Cost {
    let milliseconds: Double
    let transactionCount: Int
    let keyringWriteCount: Int
    let byteCount: Int

    /// The middle of each figure.
    static func median(_ costs: [Cost]) -> Cost {
        func middle(_ figure: (Cost) -> Int) -> Int { costs.map(figure).sorted()[costs.count / 2] }
        return Cost(
            milliseconds: Workbench.median(costs.map(\.milliseconds)),
            transactionCount: middle(\.transactionCount),
            keyringWriteCount: middle(\.keyringWriteCount), byteCount: middle(\.byteCount))
    }

    static func time(_ cost: Cost) -> String { String(format: "%.1f", cost.milliseconds) }

    static func writes(_ cost: Cost) -> String {
        "\(cost.transactionCount) + \(cost.keyringWriteCount), \(cost.byteCount / 1024)"
    }
}
