// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

let package = Package(
    name: "HelloVault",
    platforms: [.macOS(.v26)],
    dependencies: [.package(name: "swift-card-vault", path: "../..")],
    targets: [
        .executableTarget(
            name: "HelloVault",
            dependencies: [
                .product(name: "CardVault", package: "swift-card-vault"),
                .product(name: "CardVaultSQLite", package: "swift-card-vault"),
                .product(name: "SecretMemory", package: "swift-card-vault"),
            ])
    ]
)
