// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func module(
    _ name: String, _ dependencies: [Target.Dependency], flags: [String] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Library/\(name)",
        swiftSettings: settings + (flags.isEmpty ? [] : [.unsafeFlags(flags)]))
}

func system(_ name: String, _ library: String) -> Target {
    .systemLibrary(name: name, path: "Library/\(name)", pkgConfig: library)
}

let foundations: [Target.Dependency] = ["SecretMemory", "ConstantTime"]
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let parser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

// A package of its own, as code that the fuzzer watches does not link without it. It has the
// sources of the library once more: parsers are no part of what one package shows to another.
let package = Package(
    name: "Fuzz",
    platforms: [.macOS(.v26)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    ],
    targets: [
        .executableTarget(
            name: "Fuzz", dependencies: ["CardVaultTool", parser], path: "Sources",
            swiftSettings: settings),
        // The entry point of the tool gives way to that of libFuzzer.
        module(
            "CardVaultTool", ["CardVault", "CardVaultSQLite", logging, parser],
            flags: ["-Xfrontend", "-entry-point-function-name", "-Xfrontend", "toolMain"]),
        module("CardVaultSQLite", ["CardVault", "CSQLite"]),
        module("CardVault", ["CardKeys", "CardData", logging]),
        module("CardKeys", ["CardCrypto", "CPlatform", logging]),
        module("CardCrypto", foundations + ["CSodium", "CLibCrypto"]),
        module("CardData", foundations),
        module("SecretMemory", ["CSodium", "CPlatform"]),
        module("ConstantTime", []),
        system("CSodium", "libsodium"),
        system("CLibCrypto", "libcrypto"),
        system("CSQLite", "sqlite3"),
        .target(name: "CPlatform", path: "Library/CPlatform"),
    ],
    swiftLanguageModes: [.v6]
)
