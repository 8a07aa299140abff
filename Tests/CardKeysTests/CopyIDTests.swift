// SPDX-License-Identifier: Apache-2.0
@testable internal import CardKeys
internal import Testing

@Suite("Name of a copy") struct CopyIDTests {
    @Test func `is read as it prints`() {
        for _ in 0..<500 {
            let id = CopyID.random()
            #expect(CopyID(id.description) == id)
            #expect(id.description.utf8.count == 11)
        }
    }

    @Test func `is no option of a command`() {
        #expect((0..<2_000).allSatisfy { _ in CopyID.random().description.first != "-" })
    }

    @Test func `is another one each time`() {
        #expect(Set((0..<1_000).map { _ in CopyID.random() }).count == 1_000)
    }

    @Test(arguments: [
        "", "AAAAAAAAAA", "AAAAAAAAAAB", "AAAAAAAAAAAA", " AAAAAAAAAA", "AAAAAAAAAA=",
    ])
    func `has one text`(text: String) {
        #expect(CopyID(text) == nil)
    }
}
