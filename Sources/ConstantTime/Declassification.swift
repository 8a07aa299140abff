// SPDX-License-Identifier: Apache-2.0

/// Makes a number public that was computed from a secret, such as the digits that a truncation
/// keeps. From here on the program may branch on it.
///
/// As with ``Choice/declassify()``, say beside the call why the number is no longer secret. It is a
/// call in every build, so that a checker of the machine code sees where a secret ends.
///
/// - Returns: The same number.
@inline(never)
public func declassify(_ word: UInt32) -> UInt32 { hidden(word) }
