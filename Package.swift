// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// Every target is built alike. Warnings are errors only where `scripts/check` asks for it: a
/// package that depends on this one by path must not fail on a warning of a later compiler.
let settings: [SwiftSetting] =
    [
        .strictMemorySafety(),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ] + (Context.environment["CARD_VAULT_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)])

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies,
        swiftSettings: settings)
}

let package = Package(
    name: "swift-card-vault",
    platforms: [.macOS(.v26)],
    products: [
        .library(name: "CardVault", targets: ["CardVault"]),
        .library(name: "CardVaultSQLite", targets: ["CardVaultSQLite"]),
        .library(name: "CardCrypto", targets: ["CardCrypto"]),
        .library(name: "SecretMemory", targets: ["SecretMemory"]),
        .library(name: "ConstantTime", targets: ["ConstantTime"]),
        .executable(name: "card-vault", targets: ["CardVaultTool"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    ],
    targets: [
        // From the top of the house to its foundations: arrows point downward only.
        .executableTarget(
            name: "CardVaultTool",
            dependencies: [
                "CardVault", "CardVaultSQLite", "CardCrypto", "SecretMemory", "ConstantTime",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        module(
            "CardVaultSQLite",
            ["CardVault", "CardKeys", "CardData", "CardCrypto", "CSQLite"]),
        module(
            "CardVault",
            [
                "CardKeys", "CardData", "CardCrypto", "SecretMemory", "ConstantTime",
                .product(name: "Logging", package: "swift-log"),
            ]),
        module(
            "CardKeys",
            [
                "CardCrypto", "SecretMemory", "ConstantTime", "CPlatform",
                .product(name: "Logging", package: "swift-log"),
            ]),
        module("CardCrypto", ["SecretMemory", "ConstantTime", "CSodium", "CLibCrypto"]),
        module("CardData", ["SecretMemory", "ConstantTime"]),
        module("SecretMemory", ["CSodium", "CPlatform"]),
        module("ConstantTime", []),

        .systemLibrary(
            name: "CSodium", pkgConfig: "libsodium",
            providers: [.apt(["libsodium-dev"]), .brew(["libsodium"])]),
        .systemLibrary(
            name: "CLibCrypto", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
        .target(name: "CPlatform"),

        // Evidence: programs that look at the modules from outside. No product has them.
        .executableTarget(
            name: "ConstantTimeCheck",
            dependencies: ["CMemcheck", "CardVault", "CardCrypto", "SecretMemory", "ConstantTime"],
            path: "Evidence/ConstantTime/Check", swiftSettings: settings),
        .target(name: "CMemcheck", path: "Evidence/ConstantTime/Memcheck"),
        .executableTarget(
            name: "CrashProbe", dependencies: ["CardVault", "CardVaultSQLite", "CardCrypto"],
            path: "Tests/Crash/Probe", swiftSettings: settings),
        .executableTarget(
            name: "SecretProbe",
            dependencies: [
                "CardVault", "CardVaultSQLite", "CardCrypto", "SecretMemory", "ConstantTime",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Secrets/Probe", swiftSettings: settings),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        tests("ConstantTime", []),
        tests("SecretMemory", []),
        tests("CardData", ["ConstantTime", "SecretMemory"]),
        tests("CardCrypto", ["SecretMemory", "CLibCrypto"]),
        tests(
            "CardKeys",
            ["CardCrypto", "SecretMemory", .product(name: "Logging", package: "swift-log")]),
        tests(
            "CardVault",
            [
                "CardVaultSQLite", "CardCrypto", "SecretMemory",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "CardVault", "CardKeys", "CardData", "CardCrypto", "SecretMemory", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        tests("CardVaultSQLite", ["CardVault", "CSQLite"]),
        tests("CardVaultTool", ["CardVault", "CardVaultSQLite", "CardCrypto"]),
    ],
    swiftLanguageModes: [.v6]
)
