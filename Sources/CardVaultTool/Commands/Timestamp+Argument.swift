// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
public import CardVault

extension Timestamp: ExpressibleByArgument {
    /// The moment that `2026-11-23` or `2026-11-23T08:00:00Z` names.
    public init?(argument: String) { self.init(iso8601: argument) }
}
