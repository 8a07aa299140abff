// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CardVaultTool

@Suite("The operator") struct OperatorTests {
    @Test func `is a user of this machine`() {
        let someone = Operator(login: "jo", userID: 1000, host: "till-7", processID: 4711)
        #expect(someone.actor == "card-vault, jo, uid 1000")
        #expect(someone.origin == "till-7, pid 4711")
    }

    @Test(arguments: [
        nil, "", "j\u{f6}", "a\nb", "4111111111111111", String(repeating: "a", count: 200),
    ])
    func `is a number where a name may not go on record`(name: String?) {
        let someone = Operator(login: name, userID: .max, host: name, processID: .max)
        #expect(someone.actor == "card-vault, uid 4294967295")
        #expect(someone.origin == "pid 2147483647")
    }

    @Test func `is known on this machine`() {
        #expect(Operator.current.actor.hasSuffix("uid \(Host.userID)"))
        #expect(Operator.current.origin.hasSuffix("pid \(Host.processID)"))
    }
}
