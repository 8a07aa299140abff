// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// Runs `body` on `count` new threads and on this one, all at once, and waits until all are done.
///
/// Threads of the system's, not tasks: a forked child has no thread of the pool that runs those.
public func onThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) {
    let done = DispatchSemaphore(value: 0)
    for _ in 0..<count {
        Thread.detachNewThread {
            body()
            done.signal()
        }
    }
    body()
    for _ in 0..<count { done.wait() }
}
