// SPDX-License-Identifier: Apache-2.0
internal import CardVault
internal import Foundation
internal import SecretMemory

/// Lines of one length, read from a file into memory that is wiped.
struct Lines: ~Copyable {
    private let cell: WipedBytes
    private let byteCount: Int

    /// How many lines there are.
    var count: Int { cell.count / byteCount }

    init(of path: String, byteCount: Int) throws {
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        let size = Int(try file.seekToEnd())
        precondition(size.isMultiple(of: byteCount), "a line has another length")
        var cell = WipedBytes(count: size)
        let read = cell.withMutableBytes { bytes in
            unsafe bytes.withUnsafeMutableBytes {
                unsafe pread(file.fileDescriptor, $0.baseAddress, size, 0)
            }
        }
        precondition(read == size, "the file was not read")
        self.cell = cell
        self.byteCount = byteCount
    }

    /// Lends a line without its end.
    func with<R: ~Copyable, E: Error>(
        _ index: Int, _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try cell.withBytes { bytes throws(E) in
            try body(bytes.extracting(index * byteCount..<(index + 1) * byteCount - 1))
        }
    }

    func pan(_ index: Int) throws(PANError) -> PAN {
        try with(index) { digits throws(PANError) in try PAN(digits) }
    }

    func track(_ index: Int) throws(TrackError) -> Track2 {
        try with(index) { text throws(TrackError) in try Track2(text) }
    }

    func batch() -> CardBatch {
        var batch = CardBatch(capacity: count)
        for index in 0..<count { with(index) { batch.append($0) } }
        return batch
    }
}
