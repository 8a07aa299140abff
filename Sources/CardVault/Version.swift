// SPDX-License-Identifier: Apache-2.0

/// The release of this package: its API, its formats and the tool have one version.
public enum CardVaultVersion {
    /// Semantic version, such as `0.1.0`.
    public static let current = "0.3.0"
}
