// SPDX-License-Identifier: Apache-2.0
internal import CardVault
internal import Testing

/// Sensitive authentication data for tests: around sandbox numbers, and of nobody.
enum Held {
    static let track1 = "%B4111111111111111^LAST/FIRST MIDDLE^3012101123400001230?"
    static let track2 = ";4111111111111111=3012101123400001230?"
    static let code = "737"

    static func track1(_ text: String = track1) throws -> Track1 { try Track1(text.utf8.span) }
    static func track2(_ text: String = track2) throws -> Track2 { try Track2(text.utf8.span) }
    static func code(_ text: String = code) throws -> CardVerificationCode {
        try CardVerificationCode(text.utf8.span)
    }
}

extension Scope {
    /// Puts the sample of a kind on hold.
    func hold(
        sample kind: HoldKind, for lifetime: Duration = .seconds(600)
    ) async throws -> HoldHandle {
        switch kind {
        case .track1: try await hold(Held.track1(), for: lifetime)
        case .track2: try await hold(Held.track2(), for: lifetime)
        case .verificationCode: try await hold(Held.code(), for: lifetime)
        }
    }

    /// Redeems a hold of a kind, and gives the text of what was in it.
    func text(_ kind: HoldKind, of handle: borrowing HoldHandle) async throws -> String {
        switch kind {
        case .track1:
            try await redeem(handle) { (track: borrowing Track1) in track.withText(string) }
        case .track2:
            try await redeem(handle) { (track: borrowing Track2) in track.withText(string) }
        case .verificationCode:
            try await redeem(handle) { (code: borrowing CardVerificationCode) in
                code.withDigits(string)
            }
        }
    }

    /// Redeems a held track 2 by the text of its handle.
    func track2(_ text: [UInt8]) async throws -> String {
        let handle = try HoldHandle(text.span)
        return try await self.text(.track2, of: handle)
    }
}

extension HoldKind {
    /// The text of the sample of this kind.
    var sample: String {
        switch self {
        case .track1: Held.track1
        case .track2: Held.track2
        case .verificationCode: Held.code
        }
    }
}

/// The text of a handle, which a test may copy.
func text(_ handle: borrowing HoldHandle) -> [UInt8] {
    handle.withText { text in text.indices.map { text[$0] } }
}

/// The holds of a store.
func holds(_ bench: Bench) async throws -> [ListedHold] { try await bench.vault.holdList() }

private func string(_ text: Span<UInt8>) -> String {
    String(decoding: text.indices.map { text[$0] }, as: UTF8.self)
}
