// SPDX-License-Identifier: Apache-2.0
@testable internal import CardCrypto
internal import SecretMemory
internal import Testing

@Suite("What errors say") struct ErrorTests {
    static let id = KeyID.of(sampleBytes, purpose: .data, suite: .xaes256GCM)

    @Test(arguments: [
        (OpenError.wrongSize(count: 40), "40"), (.unknownVersion(9), "9"), (.wrongSuite(17), "17"),
        (.wrongKey(id), id.description), (.notAuthentic, "does not verify"),
    ]) func `of a box`(error: OpenError, word: String) {
        #expect(error.description.contains(word))
        #expect(error.description.hasSuffix("."))
    }

    @Test func `of unwrapping`() {
        let memory = SecretMemoryError.outOfMemory(byteCount: 4064)
        #expect(
            UnwrapError.box(.notAuthentic).description == OpenError.notAuthentic.description)
        #expect(UnwrapError.wrongKeyInside(expected: Self.id).description.contains("\(Self.id)"))
        #expect(UnwrapError.memory(memory).description == memory.description)
    }

    @Test func `of a suite`() {
        let memory = SecretMemoryError.outOfMemory(byteCount: 4064)
        #expect(SuiteError.memory(memory).description == memory.description)
        #expect(SuiteError.needsSoftwareAES.description.contains("AES instructions"))
    }

    @Test func `of suites, by their names`() {
        #expect(
            Suite.allCases.map(\.description) == [
                "XChaCha20-Poly1305", "XAES-256-GCM", "HMAC-SHA-256", "FF1-AES-256",
            ])
    }
}
