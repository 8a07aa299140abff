// SPDX-License-Identifier: Apache-2.0
internal import CardVault

/// Who runs the tool, and where, as it goes on record.
struct Operator: Equatable {
    /// The system user, such as `card-vault, jo, uid 1000`.
    let actor: String
    /// The machine and the process, such as `till-7, pid 4711`.
    let origin: String

    /// The one who runs this process.
    static let current = Operator(
        login: Host.login, userID: Host.userID, host: Host.name, processID: Host.processID)

    /// Names that may not go on record are left out: numbers alone always may.
    init(login: String?, userID: UInt32, host: String?, processID: Int32) {
        actor =
            Self.onRecord("card-vault", login, "uid \(userID)") ?? "card-vault, uid \(userID)"
        origin = Self.onRecord(host, "pid \(processID)") ?? "pid \(processID)"
    }

    private static func onRecord(_ parts: String?...) -> String? {
        let known = parts.compactMap(\.self).filter { !$0.isEmpty }
        guard known.count == parts.count else { return nil }
        return AuditText(known.joined(separator: ", "))?.text
    }
}
