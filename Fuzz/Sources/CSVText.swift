// SPDX-License-Identifier: Apache-2.0
@testable internal import CardVaultTool
internal import Glibc

extension Target {
    /// A CSV file, read whole by the simple parser of the tests, and by the reader with buffers and
    /// limits of many sizes.
    static let csv = Target(name: "csv") { bytes in
        MemoryFile.shared.fill(bytes)
        let expected = simpleParse(bytes)
        let wide = CSVLimits(
            columnCount: bytes.count + 1, rowByteCount: bytes.count,
            bufferByteCount: bytes.count + 2)
        claim(Reading(wide) == Reading(expected), "the reader agrees with the simple parser")
        let narrow = Reading(CSVLimits(columnCount: 4, rowByteCount: 40, bufferByteCount: 42))
        for count in [43, 64, bytes.count + 42] {
            let other = Reading(CSVLimits(columnCount: 4, rowByteCount: 40, bufferByteCount: count))
            claim(other == narrow, "what is read does not depend on the buffer")
        }
        claim(expected.starts(with: narrow.rows), "limits end a file, and alter nothing before")
        claim(narrow.error != nil || narrow.rows == expected, "nothing ends without a reason")
        if let middle = expected.dropFirst(expected.count / 2).first {
            let rest = Reading(wide, from: middle.end)
            let following = expected.dropFirst(expected.count / 2 + 1)
            claim(rest == Reading(Array(following)), "a file is read on from the end of any row")
        }
        if !expected.isEmpty { taken() }
        readHeader(expected.first, wide)
        plant(isPlanted(expected))
    }

    private static func readHeader(_ first: SeenRow?, _ limits: CSVLimits) {
        var reader = MemoryFile.shared.reader(limits)
        guard let header = try? CSVHeader.read(&reader) else { return }
        claim(header.names == first?.text, "the names are the fields of the first row")
        claim(Set(header.names).count == header.names.count, "each name is there once")
    }

    /// A row after a refused one, with a line end in a field.
    private static func isPlanted(_ rows: [SeenRow]) -> Bool {
        zip(rows, rows.dropFirst()).contains { before, row in
            before.fault == .bareCarriageReturn
                && row.fields.contains { $0.contains(.lineFeed) }
        }
    }
}

/// The rows up to the end of a file, or to an error.
private struct Reading: Equatable {
    var rows: [SeenRow] = []
    var error: CSVError?

    init(_ rows: [SeenRow]) { self.rows = rows }

    init(_ limits: CSVLimits, from position: CSVPosition = .start) {
        var reader = MemoryFile.shared.reader(limits, from: position)
        do throws(CSVError) {
            while let row = try reader.seen() { rows.append(row) }
        } catch {
            self.error = error
        }
    }
}

/// A file in memory, for a reader that reads files alone; without a name, so it ends with the
/// process.
private struct MemoryFile {
    static let shared = MemoryFile()
    private let descriptor: CInt = {
        let name = "/card-vault-fuzz-\(getpid())"
        defer { shm_unlink(name) }
        return shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
    }()

    func fill(_ bytes: [UInt8]) {
        guard ftruncate(descriptor, 0) == 0,
            pwrite(descriptor, bytes, bytes.count, 0) == bytes.count
        else { preconditionFailure("the file cannot be written") }
    }

    func reader(_ limits: CSVLimits, from position: CSVPosition = .start) -> CSVReader {
        let file = fixture { try OpenFile.reading("/proc/self/fd/\(descriptor)") }
        return CSVReader(file, from: position, limits: limits)
    }
}
