// SPDX-License-Identifier: Apache-2.0
internal import CardVault
@testable internal import CardData

extension Target {
    /// The text of track 1.
    static let track1 = Target(name: "track1") { text in
        guard let track = try? Track1(text.span, luhn: .ignored) else { return }
        accepted(track, from: text)
    }

    private static func accepted(_ track: borrowing Track1, from text: [UInt8]) {
        taken()
        let printed = track.withText { copy($0) }
        let body = text.first == 0x25 ? text.prefix { $0 != 0x3f }.dropFirst() : text[...]
        claim(printed == [0x25] + body + [0x3f], "a track is printed as it was read")
        let again = try? Track1(printed.span, luhn: .ignored)
        claim(again?.withText { copy($0) } == printed, "what is printed is the same track")
        let packed = track.withPacked { copy($0) }
        let opened = Track1.opened { for i in packed.indices { $0[i] = packed[i] } }
        claim(opened?.withText { copy($0) } == printed, "what is packed is the same track")
        let pan = track.pan().withDigits { copy($0) }
        claim(printed.dropFirst(2).starts(with: pan + [0x5e]), "the number is before the name")
        let isTaken = (try? Track1(text.span)) != nil
        claim(isTaken == track.pan().passesLuhn, "the check digit is all that may be wrong")
        claim((2...26).contains(track.withName { $0.count }), "a name has 2 to 26 characters")
        claim(
            (try? Track2(text.span, luhn: .ignored)) == nil, "no text is track 1 and track 2")
        plant(isTaken && track.serviceCode?.interchange == .national)
    }
}
