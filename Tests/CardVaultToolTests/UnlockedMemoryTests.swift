// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CardVaultTool

@Suite(
    "Memory that cannot be locked", .enabled(if: Machine.hasUnprivileged, "the build is private"))
struct UnlockedMemoryTests {
    static let shell = "ulimit -l 0; \(Machine.unprivileged)"
    static let hint =
        "Raise the limit of locked memory (ulimit -l), or accept --allow-unlocked-memory."

    @Test func `takes no secret`() async throws {
        let vault = try await ToolVault()
        try vault.allow(folder: 0o777, files: 0o666)
        for arguments in [["passphrase"], ["show", vault.token]] {
            let run = try Tool.run(
                arguments + ["--passphrase-file", "passphrase"], in: vault.scratch.path,
                shell: Self.shell)
            #expect(run.isRefusal(1) && run.error.hasSuffix("\n\(Self.hint)\n"), "\(run)")
        }
    }

    @Test func `takes secrets on request, and says so`() async throws {
        let vault = try await ToolVault()
        try vault.allow(folder: 0o777, files: 0o666)
        #expect(
            try vault.run(
                "detokenize", vault.token, "--purpose", "test", "--allow-unlocked-memory",
                shell: Self.shell)
                == .init(
                    output: "4111111111111111\n",
                    error: "Key memory is not locked and may be swapped out.\n"))
    }
}
