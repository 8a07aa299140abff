// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultSQLite

@Suite("Locked files") struct LockedTests {
    @Test func `are waited for, and then left to the other process`() async throws {
        let vaults = [try await ToolVault(), try await ToolVault(), try await ToolVault()]
        let transaction = try vaults[0].connection()
        try transaction.execute("BEGIN IMMEDIATE")
        let locks = [try vaults[1].holdStore(), try vaults[2].hold("keyring.json.lock")]
        let before = try vaults.map { try $0.contents() }
        let start = ContinuousClock.now
        let tools = [
            try vaults[0].start("delete", vaults[0].token),
            try vaults[1].start("delete", vaults[1].token),
            try vaults[2].start("scope", "add", "shop"),
        ]
        let runs = tools.map { $0.finish() }
        #expect(runs.allSatisfy { $0.isRefusal(4) }, "\(runs)")
        #expect(ContinuousClock.now - start < .seconds(120))
        try transaction.execute("ROLLBACK")
        #expect(try vaults.map { try $0.contents() } == before)
        for lock in locks { try lock.close() }
        for vault in vaults { #expect(try vault.run("delete", vault.token).status == 0) }
    }
}
