// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault
internal import Testing

/// The lines of an export of a log of 30 entries, of all kinds.
struct AuditExported: Sendable {
    let bench: Bench
    let lines: [String]
    let head: AuditHead?
    /// The check after none, the first, the first two, … all of the lines.
    let checks: [AuditExportCheck]

    static let shared = Task { try await AuditExported() }

    init() async throws {
        bench = try await Bench(.memory)
        try await bench.vault.record((0..<25).map { try AuditSamples.event($0) })
        let id = try AuditSamples.holdID(1)
        try await bench.vault.record([
            AuditSamples.event(25, subject: .hold(id)),
            AuditSamples.event(
                26, subject: .keys([StoreSamples.keyID(1), StoreSamples.keyID(2)])),
        ])
        lines = try await bench.export()
        head = try await bench.store.auditLog().head
        var check = try AuditExportCheck(keyring: bench.keyring)
        var checks = [check]
        for line in lines {
            try check.check(line)
            checks.append(check)
        }
        self.checks = checks
    }

    /// What a check finds of as many lines as were exported, and of others then.
    func fault(keeping count: Int, then rest: some Sequence<String>) throws -> AuditFault? {
        var check = checks[count]
        for line in rest { try check.check(line) }
        return check.finish().fault
    }
}
