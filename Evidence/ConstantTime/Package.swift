// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// A package of its own, so that the library has nothing of a checker in it.
let package = Package(
    name: "ConstantTimeCheck",
    platforms: [.macOS(.v26)],
    dependencies: [.package(name: "swift-card-vault", path: "../..")],
    targets: [
        .executableTarget(
            name: "ConstantTimeCheck",
            dependencies: [
                "CMemcheck",
                .product(name: "CardVault", package: "swift-card-vault"),
                .product(name: "CardCrypto", package: "swift-card-vault"),
                .product(name: "SecretMemory", package: "swift-card-vault"),
                .product(name: "ConstantTime", package: "swift-card-vault"),
            ],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            ]),
        .target(name: "CMemcheck"),
    ],
    swiftLanguageModes: [.v6]
)
