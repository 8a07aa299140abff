// SPDX-License-Identifier: Apache-2.0

/// Tells whether the process that asks is the one that made the mark, or a forked child of it.
///
/// A child shares files, locks and database handles with its parent and must not use them.
public struct ForkMark: ~Copyable, Sendable {
    private let page: ForkWipedPage

    /// Marks this process.
    public init() {
        var page = ForkWipedPage(count: 1)
        page.withMutableBytes { $0[0] = 1 }
        self.page = page
    }

    /// True in a child forked since the mark was made.
    public var isForked: Bool { page.withBytes { $0[0] == 0 } }
}
