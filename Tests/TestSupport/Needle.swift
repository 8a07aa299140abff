// SPDX-License-Identifier: Apache-2.0
#if os(Linux)
    internal import Foundation

    /// Thirty-two bytes that lie nowhere in this process's memory but where a test puts them.
    ///
    /// The needle knows itself as two halves of a sum only, so that looking for it does not find
    /// the needle. Use it in an exit test: other tests of a process would come and go under the
    /// search.
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
            let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
            defer {
                // What was read is memory of this process too, and must not be found the next time.
                unsafe chunk.initializeMemory(as: UInt8.self, repeating: 0)
                unsafe chunk.deallocate()
            }
            let own = UInt(bitPattern: chunk.baseAddress)
            return try writableRegions(without: own..<own + UInt(chunk.count)).reduce(0) {
                unsafe $0 + occurrences(in: $1, of: memory.fileDescriptor, by: chunk)
            }
        }

        private func occurrences(
            in region: Range<UInt>, of memory: Int32, by chunk: UnsafeMutableRawBufferPointer
        ) -> Int {
            var (found, offset) = (0, region.lowerBound)
            while offset < region.upperBound {
                let wanted = min(chunk.count, Int(region.upperBound - offset))
                let got = unsafe pread(memory, chunk.baseAddress, wanted, off_t(offset))
                guard got >= Self.byteCount else { break }
                unsafe found += occurrences(in: UnsafeRawBufferPointer(rebasing: chunk[..<got]))
                // The next chunk starts with what could be the first part of a needle.
                offset += UInt(got - (Self.byteCount - 1))
            }
            return found
        }

        private func occurrences(in chunk: UnsafeRawBufferPointer) -> Int {
            // Looked for by a byte that is not zero, for most of the memory is.
            guard let pivot = mask.indices.first(where: { self[$0] != 0 }),
                let base = chunk.baseAddress
            else { return 0 }
            var (found, next) = (0, pivot)
            while next < chunk.count,
                let hit = unsafe memchr(base + next, Int32(self[pivot]), chunk.count - next)
            {
                next = unsafe UnsafeRawPointer(hit) - base + 1
                if unsafe isNeedle(chunk, at: next - 1 - pivot) { found += 1 }
            }
            return found
        }

        private func isNeedle(_ chunk: UnsafeRawBufferPointer, at offset: Int) -> Bool {
            offset + Self.byteCount <= chunk.count
                && mask.indices.allSatisfy { unsafe chunk[offset + $0] == self[$0] }
        }

        private subscript(_ i: Int) -> UInt8 { mask[i] ^ masked[i] }

        private func writableRegions(without own: Range<UInt>) throws -> [Range<UInt>] {
            // Read to its end by hand: the system gives a page of it at a time.
            let maps = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/maps"))
            var text = Data()
            while let part = try maps.read(upToCount: 4_096), !part.isEmpty { text += part }
            return String(decoding: text, as: UTF8.self).split(separator: "\n").flatMap { line in
                let fields = line.split(separator: " ")
                let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
                guard fields[1].hasPrefix("rw") else { return [Range<UInt>]() }
                let region = bounds[0]..<bounds[1]
                guard region.overlaps(own) else { return [region] }
                return [bounds[0]..<own.lowerBound, own.upperBound..<bounds[1]]
            }
        }
    }
#endif
