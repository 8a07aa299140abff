// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import CardVaultTool

@Suite("Few descriptors") struct FewFilesTests {
    /// How many a process may have. With fewer the queues of the system end it before it does
    /// anything; with the most every command works.
    static let limits = 8...32

    /// What a refused import or backup began has its name: the next has another, for `#`.
    static let commands = [
        "scope add shop", "scope list", "key rotate data",
        "import in.csv --pan-column pan --out out-#", "backup copy-#",
    ]

    @Test(arguments: commands)
    func `are refused until they are enough, and cost no card`(command: String) async throws {
        let vault = try await ToolVault()
        try vault.scratch.write("pan\n5555555555554444\n".utf8)
        var refusedCount = 0
        for limit in Self.limits {
            let named = command.replacing("#", with: "\(limit)")
            let run = try Tool.run(
                named.split(separator: " ").map(String.init)
                    + ["--passphrase-file", "passphrase"], in: vault.scratch.path,
                shell: #"ulimit -n \#(limit) && exec "$@""#)
            if run.status == 0 { break }
            #expect(run.isRefusal(4), "\(limit): \(run)")
            refusedCount += 1
        }
        #expect((1..<Self.limits.count).contains(refusedCount))
        let card = try vault.run("detokenize", vault.token, "--purpose", "test")
        #expect(card.output == "\(ToolVault.storedCard)\n")
        #expect(try vault.cardCount() == (command.hasPrefix("import") ? 2 : 1))
        #expect(try vault.run("audit", "verify").status == 0)
    }
}
