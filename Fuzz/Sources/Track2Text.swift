// SPDX-License-Identifier: Apache-2.0
internal import CardVault
@testable internal import CardData

extension Target {
    /// The text of track 2.
    static let track2 = Target(name: "track2") { text in
        guard let track = try? Track2(text.span, luhn: .ignored) else { return }
        accepted(track, from: text)
    }

    private static func accepted(_ track: borrowing Track2, from text: [UInt8]) {
        taken()
        let printed = track.withText { copy($0) }
        let hasSentinels = text.first == 0x3b
        let body = hasSentinels ? text.prefix { $0 != 0x3f }.dropFirst() : text[...]
        let separated = body.map { $0 == 0x44 ? 0x3d : $0 }
        claim(printed == [0x3b] + separated + [0x3f], "a track is printed as it was read")
        claim(!(hasSentinels && body.contains(0x44)), "a D separates where no sentinels are")
        claim(!(body.contains(0x44) && body.contains(0x3d)), "separators are of one kind")
        let again = try? Track2(printed.span, luhn: .ignored)
        claim(again?.withText { copy($0) } == printed, "what is printed is the same track")
        let packed = track.withPacked { copy($0) }
        let opened = Track2.opened { for i in packed.indices { $0[i] = packed[i] } }
        claim(opened?.withText { copy($0) } == printed, "what is packed is the same track")
        let pan = track.pan().withDigits { copy($0) }
        claim(printed.dropFirst().starts(with: pan + [0x3d]), "the number is before the first =")
        let isTaken = (try? Track2(text.span)) != nil
        claim(isTaken == track.pan().passesLuhn, "the check digit is all that may be wrong")
        plant(isTaken && track.expiry == nil && track.serviceCode?.interchange == .test)
    }
}
