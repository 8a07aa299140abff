// SPDX-License-Identifier: Apache-2.0

/// A Boolean that cannot be branched on.
///
/// Comparisons of secrets answer with a choice. Choices are combined with `&`, `|`, `^` and `!`,
/// and steer `select`; none of these compiles to a jump on the value. Only ``declassify()`` turns a
/// choice into a `Bool`, once, where the verdict becomes public.
public struct Choice: Sendable {
    /// 0 or 1, and never anything else.
    @usableFromInline let bit: UInt8

    /// Wraps `bit`, which the caller has computed to be 0 or 1.
    @inlinable init(bit: UInt8) { self.bit = bit }

    /// The choice that declassifies to `true`.
    public static var yes: Choice { Choice(bit: 1) }

    /// The choice that declassifies to `false`.
    public static var no: Choice { Choice(bit: 0) }

    /// Both.
    @inlinable public static func & (a: Choice, b: Choice) -> Choice {
        Choice(bit: a.bit & b.bit)
    }

    /// At least one.
    @inlinable public static func | (a: Choice, b: Choice) -> Choice {
        Choice(bit: a.bit | b.bit)
    }

    /// Exactly one.
    @inlinable public static func ^ (a: Choice, b: Choice) -> Choice {
        Choice(bit: a.bit ^ b.bit)
    }

    /// The opposite.
    @inlinable public static prefix func ! (a: Choice) -> Choice { Choice(bit: a.bit ^ 1) }

    /// Makes the verdict public. From here on the program may branch on it.
    ///
    /// Call it once, at the end, and say beside the call why the verdict is no longer secret. It is
    /// a call in every build, so that a checker of the machine code sees where a secret ends.
    @inline(never)
    public func declassify() -> Bool { hidden(bit) == 1 }
}
