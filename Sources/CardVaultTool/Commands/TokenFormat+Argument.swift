// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
public import CardVault

extension TokenFormat: ExpressibleByArgument {
    /// The format of that name.
    public init?(argument: String) {
        guard let format = Self.allCases.first(where: { $0.description == argument }) else {
            return nil
        }
        self = format
    }
}
