// SPDX-License-Identifier: Apache-2.0
@testable internal import CardKeys
internal import Foundation
internal import Testing

@Suite("Unlocking a damaged keyring file") struct KeyringDamageTests {
    let scratch: Scratch
    let locksmith: Locksmith

    init() throws {
        scratch = try Scratch()
        locksmith = try Locksmith.shared.get()
    }

    /// Where a bit is flipped: a character of the first value after some text, counted from its
    /// start.
    struct Place: Sendable, CustomTestStringConvertible {
        let value: String
        let character: Int
        var testDescription: String { "\(value) + \(character)" }

        init(_ value: String, _ character: Int = 0) {
            self.value = value
            self.character = character
        }
    }

    /// Every field of the slot, each part of its box (header, key id, nonce, ciphertext, tag), then
    /// what the code alone protects.
    static let places: [Place] =
        [
            Place(#""vault": ""#), Place(#""vault": ""#, 31), Place(#"{"id": ""#),
            Place(#"{"id": ""#, 9), Place(#""kind": ""#), Place(#""name": ""#, 9),
            Place(#""m": "#), Place(#""m": "#, 4), Place(#""t": "#), Place(#""p": "#),
            Place(#""salt": ""#), Place(#""salt": ""#, 12), Place(#""salt": ""#, 20),
        ]
        + [0, 1, 2, 3, 10, 40, 46, 60, 70, 78, 90, 110, 121, 130, 138].map {
            Place(#""box": ""#, $0)
        }
        + [
            Place(#""format": ""#), Place(#""version": "#), Place(#""created": "#),
            Place(#""generation": "#), Place(#""required": "#), Place(#""bin": "#),
            Place("\"scopes\": [\n    {\"id\": \""), Place(#""tokens": ""#, 1),
            Place(#""purpose": ""#),
            Place(#""state": ""#), Place(#""sequence": "#), Place("mac: "), Place("mac: ", 41),
        ]

    @Test func `is tried at 41 places`() { #expect(Self.places.count == 41) }

    @Test(arguments: places) func `is refused with one bit flipped`(place: Place) throws {
        let text = locksmith.file(locksmith.keyring)
        let value = try #require(text.firstRange(of: Array(place.value.utf8))).upperBound
        var damaged = text
        damaged[value + place.character] ^= 1
        try scratch.write(damaged)
        switch try #require(try Locksmith.refusalToUnlock(scratch.path())) {
        case .cannotUnlock, .integrity, .malformed, .badField, .unknownVersion: break
        case let other: Issue.record("\(other)")
        }
    }
}
