// SPDX-License-Identifier: Apache-2.0

/// Leaks that the checker must find. Where it does not, it finds nothing anywhere.
extension Operation {
    static let controls = [
        Operation("compare that ends at the first difference", .control) {
            let a = Secret.bytes(Array(0..<32))
            let b = Secret.bytes(Array(0..<31) + [0])
            require(!endsEarlyControl(a.span, b.span), "different bytes are not equal")
        },
        Operation("table look-up by a secret", .control) {
            let table = (0..<256).map { UInt8(255 - $0) }
            let found = Secret.released(lookedUp(Secret.value(UInt8(5)), table))
            require(found == 250, "the table is read")
        },
        Operation("64-bit remainder by a number known at run time", .division) {
            let rest = Secret.released(remainderControl(Secret.value(UInt64.max / 7), 1_000_003))
            require(rest == UInt64.max / 7 % 1_000_003, "the remainder is right")
        },
        Operation("jump on a digit", .control) {
            let sum = Secret.released(doubledByJump(Secret.value(UInt8(7))))
            require(sum == 5, "the digit is doubled")
        },
    ]

    /// Without the check of the bounds, which is a jump.
    @inline(never) private static func lookedUp(_ index: UInt8, _ table: [UInt8]) -> UInt8 {
        unsafe table.span[unchecked: Int(truncatingIfNeeded: index)]
    }

    @inline(never) private static func doubledByJump(_ digit: UInt8) -> UInt8 {
        if digit < 5 { return 2 &* digit }
        print("", terminator: "")  // so that it cannot become a conditional move
        return 2 &* digit &- 9
    }
}

/// Compares as `==` does: the clock must find it too.
@inline(never) func endsEarlyControl(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
    for i in a.indices where a[i] != b[i] { return false }
    return true
}

/// Divides: the processor takes longer for larger numbers, which memcheck does not know. Its name
/// is looked for in the machine code.
@inline(never) func remainderControl(_ number: UInt64, _ modulus: UInt64) -> UInt64 {
    number % modulus
}
