// SPDX-License-Identifier: Apache-2.0
#if os(Linux)
    internal import Foundation

    /// Thirty-two bytes that lie nowhere in this process's memory but where a test puts them.
    ///
    /// The needle knows itself as two halves of a sum only, so that looking for it does not find the
    /// needle. Use it in an exit test: other tests of a process would come and go under the search.
    public struct Needle: Sendable {
        /// Bytes in a needle: 32.
        public static let byteCount = 32

        private let mask: [UInt8]
        private let masked: [UInt8]

        /// Makes a random one.
        public init() {
            var random = SystemRandomNumberGenerator()
            mask = (0..<Self.byteCount).map { _ in .random(in: .min ... .max, using: &random) }
            masked = (0..<Self.byteCount).map { _ in .random(in: .min ... .max, using: &random) }
        }

        /// Makes one of the first 32 bytes that lie in `bytes`.
        public init(lyingIn bytes: Span<UInt8>) {
            var random = SystemRandomNumberGenerator()
            let mask = (0..<Self.byteCount).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
            self.mask = mask
            var masked = [UInt8]()
            for i in mask.indices { masked.append(mask[i] ^ bytes[i]) }
            self.masked = masked
        }

        /// Writes the needle into `bytes` at `offset`.
        @inline(never)
        public func write(into bytes: inout MutableSpan<UInt8>, at offset: Int = 0) {
            for i in mask.indices { bytes[offset + i] = self[i] }
        }

        /// How often the needle lies in the writable memory of this process.
        ///
        /// - Throws: where the process may not read its own memory.
        public func occurrences() throws -> Int {
            let memory = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/mem"))
            var chunk = [UInt8](repeating: 0, count: 1 << 20)
            defer { for i in chunk.indices { chunk[i] = 0 } }
            var found = 0
            for region in try writableRegions() {
                var offset = region.lowerBound
                while offset < region.upperBound {
                    let wanted = min(chunk.count, Int(region.upperBound - offset))
                    let got = unsafe pread(memory.fileDescriptor, &chunk, wanted, off_t(offset))
                    guard got >= Self.byteCount else { break }
                    found += occurrences(in: chunk[0..<got])
                    if got < wanted || wanted < chunk.count { break }
                    // The next chunk starts with what could be the first part of a needle.
                    offset += UInt(got - (Self.byteCount - 1))
                }
            }
            return found
        }

        private func occurrences(in chunk: ArraySlice<UInt8>) -> Int {
            // Looked for by a byte that is not zero, for most of the memory is.
            guard let pivot = mask.indices.first(where: { self[$0] != 0 }) else { return 0 }
            return unsafe chunk.withUnsafeBytes { chunk in
                guard let base = chunk.baseAddress else { return 0 }
                var (found, next) = (0, pivot)
                while next < chunk.count,
                    let hit = unsafe memchr(base + next, Int32(self[pivot]), chunk.count - next)
                {
                    next = unsafe UnsafeRawPointer(hit) - base + 1
                    if unsafe isNeedle(chunk, at: next - 1 - pivot) { found += 1 }
                }
                return found
            }
        }

        private func isNeedle(_ chunk: UnsafeRawBufferPointer, at offset: Int) -> Bool {
            offset + Self.byteCount <= chunk.count
                && mask.indices.allSatisfy { unsafe chunk[offset + $0] == self[$0] }
        }

        private subscript(_ i: Int) -> UInt8 { mask[i] ^ masked[i] }

        private func writableRegions() throws -> [Range<UInt>] {
            try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
                .split(separator: "\n").compactMap { line in
                    let fields = line.split(separator: " ")
                    let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
                    return fields[1].hasPrefix("rw") ? bounds[0]..<bounds[1] : nil
                }
        }
    }
#endif
