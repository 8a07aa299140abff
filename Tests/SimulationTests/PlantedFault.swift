// SPDX-License-Identifier: Apache-2.0

/// A mistake that the environment makes as if the code had made it. The simulation must find each.
enum PlantedFault: String, CaseIterable, Sendable {
    /// A keyring is replaced after the store transaction that was to follow it.
    case swappedWrites
    /// A server does not see in its transactions that the store has later keys.
    case fenceUnchecked
    /// A server never reads the keyring again.
    case noReload
    /// The pin is raised to a keyring before that is in its place.
    case earlyPin

    /// Whether a process makes the mistake.
    func concerns(isTool: Bool) -> Bool {
        switch self {
        case .swappedWrites, .earlyPin: isTool
        case .fenceUnchecked, .noReload: !isTool
        }
    }
}
