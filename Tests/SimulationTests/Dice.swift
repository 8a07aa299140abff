// SPDX-License-Identifier: Apache-2.0
internal import Synchronization
internal import TestSupport

/// The one source of chance of a run: equal seeds give equal rolls.
final class Dice: Sendable {
    private let random: Mutex<SeededRandom>
    private let trouble: Mutex<Int>

    /// - Parameters:
    ///   - seed: of the run.
    ///   - trouble: of how many calls in a thousand the environment makes failures.
    init(seed: UInt64, trouble: Int = 0) {
        random = Mutex(SeededRandom(seed: seed))
        self.trouble = Mutex(trouble)
    }

    /// One of `count` sides, from 0.
    func roll(_ count: Int) -> Int { Int(random.withLock { $0.next() } % UInt64(count)) }

    /// One of these; nil of none.
    func pick<Element>(_ elements: [Element]) -> Element? {
        elements.isEmpty ? nil : elements[roll(elements.count)]
    }

    /// Whether something goes wrong now that does so in `times` times as many calls as usual.
    func strikes(times: Int = 1) -> Bool {
        let rate = trouble.withLock { $0 }
        return rate > 0 && roll(1_000) < rate * times
    }

    /// From now on nothing goes wrong.
    func calm() { trouble.withLock { $0 = 0 } }
}

/// A clock that goes on by a millisecond with each look at it, so that tokens are ordered by the
/// time of their making.
final class SimClock: Sendable {
    private let milliseconds: Mutex<UInt64>

    init(at milliseconds: UInt64) { self.milliseconds = Mutex(milliseconds) }

    /// What the clock said last.
    var last: UInt64 { milliseconds.withLock { $0 } }

    /// Moves the clock on.
    func skip(_ count: Int) { milliseconds.withLock { $0 += UInt64(count) } }

    /// The next moment.
    func tick() -> UInt64 {
        milliseconds.withLock { milliseconds in
            milliseconds += 1
            return milliseconds
        }
    }
}
