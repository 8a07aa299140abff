// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVault
internal import Testing

@Suite("The handle of a hold") struct HoldHandleTests {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// A vault in memory with one hold, and the text of its handle.
    private struct Scene {
        let bench: Bench
        let scope: Scope
        let text: [UInt8]

        init() async throws {
            bench = try await Bench(.memory)
            scope = try await bench.scope()
            let handle = try await scope.hold(sample: .track2)
            text = CardVaultTests.text(handle)
        }

        func expectUntouched() async throws {
            #expect(try await holds(bench).count == 1)
            #expect(try await scope.track2(text) == Held.track2)
        }
    }

    private static func isHandle(_ text: [UInt8]) -> Bool {
        do {
            _ = try HoldHandle(text.span)
            return true
        } catch {
            return false
        }
    }

    @Test func `has a text that gives it back`() async throws {
        let scene = try await Scene()
        #expect(scene.text.count == 82)
        #expect(HoldHandle.textByteCount == 82)
        #expect(scene.text.starts(with: Array("hld_".utf8)))
        #expect(scene.text[4...].allSatisfy(Self.alphabet.contains))
        let handle = try HoldHandle(scene.text.span)
        #expect(text(handle) == scene.text)
        #expect(handle.id == (try await holds(scene.bench)[0].id))
    }

    @Test func `is different each time, in its id and in its secret`() {
        var ids: Set<[UInt8]> = []
        var secrets: Set<[UInt8]> = []
        for _ in 0..<200 {
            let handle = HoldHandle.generate()
            ids.insert(handle.id.bytes)
            secrets.insert(handle.withSecret { secret in secret.indices.map { secret[$0] } })
        }
        #expect([ids.count, secrets.count] == [200, 200])
    }

    @Test func `of any bytes comes back from its text`() throws {
        for byte in [UInt8(0), 1, 0x7f, 0x80, 0xff] {
            // All characters of a text but the first of each number, which carries fewer bits.
            let character = Self.alphabet[Int(byte & 31)]
            var text = Array("hld_".utf8) + [UInt8](repeating: character, count: 78)
            (text[4], text[30]) = (Self.alphabet[Int(byte & 7)], Self.alphabet[Int(byte & 1)])
            let handle = try HoldHandle(text.span)
            #expect(CardVaultTests.text(handle) == text)
        }
    }

    @Test func `with any bit flipped opens nothing, and the hold stays`() async throws {
        let scene = try await Scene()
        var counts: [VaultError.Code?: Int] = [:]
        for place in 4..<82 {
            let value = try #require(Self.alphabet.firstIndex(of: scene.text[place]))
            for bit in 0..<5 {
                var text = scene.text
                text[place] = Self.alphabet[value ^ 1 << bit]
                guard Self.isHandle(text) else {
                    counts[nil, default: 0] += 1
                    continue
                }
                let refused = await code { try await scene.scope.track2(text) }
                #expect(refused != nil)
                counts[refused, default: 0] += 1
            }
        }
        // 26 characters carry 130 bits of an id, 52 carry 260 of a secret.
        #expect(counts == [nil: 2 + 4, .notFound: 128, .handleRefused: 256])
        try await scene.expectUntouched()
    }

    @Test func `with any character replaced by any other byte is none`() async throws {
        let scene = try await Scene()
        var count = 0
        for place in 0..<82 {
            for byte in UInt8.min...UInt8.max where byte != scene.text[place] {
                guard place < 4 || !Self.alphabet.contains(byte) else { continue }
                var text = scene.text
                text[place] = byte
                #expect(!Self.isHandle(text), "\(place) \(byte)")
                count += 1
            }
        }
        #expect(count == 4 * 255 + 78 * (256 - 32))
        try await scene.expectUntouched()
    }

    @Test func `in lower case is none`() async throws {
        let scene = try await Scene()
        let lower = scene.text.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
        #expect(!Self.isHandle(lower))
        for place in 4..<82 where lower[place] != scene.text[place] {
            var text = scene.text
            text[place] = lower[place]
            #expect(!Self.isHandle(text))
        }
        try await scene.expectUntouched()
    }

    @Test func `of another length is none`() async throws {
        let scene = try await Scene()
        for count in 0..<82 { #expect(!Self.isHandle(Array(scene.text.prefix(count)))) }
        for more in ["0", "\n", "\0", " ", "00000000"] {
            #expect(!Self.isHandle(scene.text + Array(more.utf8)))
        }
        #expect(!Self.isHandle(Array("hld_hld_".utf8) + scene.text[4..<78]))
    }

    @Test func `that is none is refused without a word of it`() {
        let error = #expect(throws: HoldHandleError.self) {
            _ = try HoldHandle("hld_SECRET".utf8.span)
        }
        #expect(error?.description == "This is no handle of a hold.")
    }
}
