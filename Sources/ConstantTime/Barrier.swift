// SPDX-License-Identifier: Apache-2.0

/// Returns `value` through a call that the optimizer may not look into.
///
/// It keeps the optimizer from learning that a byte is 0 or 1 and turning the arithmetic that
/// follows into a jump. `@_optimize(none)` is the only spelling that survives: an `@inline(never)`
/// function is still analysed by its callers. The attribute is underscored, so it stands in this
/// file alone.
@usableFromInline @_optimize(none) @inline(never)
func hidden(_ value: UInt8) -> UInt8 { value }

/// As above, for a number.
@_optimize(none) @inline(never)
func hidden(_ value: UInt32) -> UInt32 { value }
