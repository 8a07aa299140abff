// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// The lock of a keyring, held until it is released or dropped.
///
/// Release it, rather than let it drop, where more is done under it than change the keyring: a
/// value may be dropped after its last use, and that may come before the end of its scope.
public final class KeyringLock: Sendable {
    private let source: String
    private let held: Mutex<(@Sendable () -> Void)?>

    /// A lock that was taken.
    ///
    /// - Parameters:
    ///   - source: the name of the keyring's source.
    ///   - release: frees the lock; called once. In a child that was forked meanwhile it must leave
    ///     the lock to its parent.
    public init(_ source: String, release: @escaping @Sendable () -> Void) {
        self.source = source
        held = Mutex(release)
    }

    /// Frees the lock, if it is still held.
    public func release() {
        let release = held.withLock { $0.take() }
        release?()
    }

    /// Whether this is the lock of `source`, and still held.
    func isHeld(of source: any KeyringSource) -> Bool {
        self.source == source.name && held.withLock { $0 != nil }
    }

    deinit { release() }
}
