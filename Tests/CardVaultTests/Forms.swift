// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import TestSupport

/// The forms in which bytes may lie in a file.
struct Forms {
    let all: [Data]

    init(of bytes: [UInt8]) {
        var all = [Data(bytes), Data(hex(bytes).utf8), Data(hex(bytes).uppercased().utf8)]
        // UTF-16, of either order.
        all.append(Data(bytes.flatMap { [0, $0] }))
        all.append(Data(bytes.flatMap { [$0, 0] }))
        for shift in 0..<3 { all.append(Self.base64(bytes, shift)) }
        if bytes.allSatisfy({ (0x30...0x39).contains($0) }) { all += Self.numbers(bytes) }
        self.all = all
    }

    /// Base 64 of bytes that begin so many after a group of three, without the characters that
    /// depend on what stands before and after them.
    private static func base64(_ bytes: [UInt8], _ shift: Int) -> Data {
        let text = Data([UInt8](repeating: 0, count: shift) + bytes).base64EncodedData()
        return Data(text[(shift == 0 ? 0 : 4)...].dropLast(4))
    }

    /// Two digits a byte, from the first digit and from the second; and the last eighteen digits as
    /// a number of either order, without the bytes that such numbers have in common.
    private static func numbers(_ digits: [UInt8]) -> [Data] {
        var all: [Data] = []
        for start in 0...1 {
            var packed = Data()
            for i in stride(from: start, to: digits.count - 1, by: 2) {
                packed.append((digits[i] - 0x30) << 4 | (digits[i + 1] - 0x30))
            }
            all.append(packed)
        }
        let number = digits.suffix(18).reduce(UInt64(0)) { $0 * 10 + UInt64($1 - 0x30) }
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        let significant = bytes.reversed().drop { $0 == 0 }
        all.append(Data(significant))
        all.append(Data(significant.reversed()))
        return all
    }

    /// Whether one of them lies in a file of the folder.
    func lie(in folder: String) throws -> Bool {
        for file in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let data = try Data(contentsOf: URL(filePath: "\(folder)/\(file)"))
            if all.contains(where: { data.range(of: $0) != nil }) { return true }
        }
        return false
    }
}
