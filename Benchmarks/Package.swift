// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// A package of its own, so that users of the library never resolve what the benchmarks need.
let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v26)],
    dependencies: [
        .package(name: "swift-card-vault", path: ".."),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "CardVaultBenchmarks",
            dependencies: [
                "BareC", "Workbench",
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "CardVault", package: "swift-card-vault"),
                .product(name: "CardVaultSQLite", package: "swift-card-vault"),
                .product(name: "CardCrypto", package: "swift-card-vault"),
                .product(name: "SecretMemory", package: "swift-card-vault"),
                .product(name: "ConstantTime", package: "swift-card-vault"),
            ],
            path: "Benchmarks/CardVaultBenchmarks",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        .executableTarget(name: "ImportRate", dependencies: ["BareC"]),
        .executableTarget(
            name: "AuditRate",
            dependencies: [
                "Workbench", .product(name: "CardVault", package: "swift-card-vault"),
            ]),
        .executableTarget(
            name: "ResealRate",
            dependencies: [
                "Workbench", .product(name: "CardVault", package: "swift-card-vault"),
            ]),
        .executableTarget(
            name: "RotationCost",
            dependencies: [
                "Workbench", .product(name: "CardVault", package: "swift-card-vault"),
                .product(name: "CardCrypto", package: "swift-card-vault"),
            ]),
        .executableTarget(
            name: "FingerprintRotation",
            dependencies: [
                "Workbench", .product(name: "CardVault", package: "swift-card-vault"),
            ]),
        .target(
            name: "Workbench",
            dependencies: [
                "BareC",
                .product(name: "CardVault", package: "swift-card-vault"),
                .product(name: "CardVaultSQLite", package: "swift-card-vault"),
                .product(name: "CardCrypto", package: "swift-card-vault"),
            ]),
        .systemLibrary(name: "BareC", path: "Sources/BareC"),
    ],
    swiftLanguageModes: [.v6]
)
