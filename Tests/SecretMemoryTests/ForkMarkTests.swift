// SPDX-License-Identifier: Apache-2.0
internal import SecretMemory
internal import TestSupport
internal import Testing

@Suite("Fork mark") struct ForkMarkTests {
    @Test func `says no in the process that made it`() {
        let mark = ForkMark()
        let isForked = mark.isForked
        #expect(!isForked)
    }

    @Test func `says yes in a child, and no in the parent still`() async {
        await #expect(processExitsWith: .success) {
            let mark = ForkMark()
            let answer = try inForkedChild { [mark.isForked ? 1 : 0] }
            #expect(answer == [1])
            let isForked = mark.isForked
            #expect(!isForked)
        }
    }

    @Test func `says yes in the child of a child`() async {
        await #expect(processExitsWith: .success) {
            let mark = ForkMark()
            let answer = try inForkedChild {
                (try? inForkedChild { [mark.isForked ? 1 : 0] }) ?? []
            }
            #expect(answer == [1])
        }
    }

    @Test func `says no in the child that made its own`() async {
        await #expect(processExitsWith: .success) {
            let answer = try inForkedChild { [ForkMark().isForked ? 1 : 0] }
            #expect(answer == [0])
        }
    }
}
