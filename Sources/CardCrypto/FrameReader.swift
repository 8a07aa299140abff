// SPDX-License-Identifier: Apache-2.0

/// Takes the fields of a frame apart, in their order.
package struct FrameReader {
    private let bytes: ArraySlice<UInt8>
    private var next: Int

    /// Reads the frame that `bytes` is.
    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        next = bytes.startIndex
    }

    /// The next field; nil when the bytes end before it does.
    package mutating func field() -> ArraySlice<UInt8>? {
        guard bytes.endIndex - next >= 4 else { return nil }
        let count = bytes[next..<(next + 4)].reduce(0) { $0 << 8 | Int($1) }
        guard bytes.endIndex - next - 4 >= count else { return nil }
        let start = next + 4
        next = start + count
        return bytes[start..<next]
    }

    /// Whether every byte was read.
    package var isAtEnd: Bool { next == bytes.endIndex }
}
