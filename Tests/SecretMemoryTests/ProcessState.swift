// SPDX-License-Identifier: Apache-2.0
#if os(Linux)
    internal import Foundation

    /// What the system says of this process, and how an exit test changes it for good.
    enum ProcessState {
        /// Linux's numbers, which Swift does not import under their names.
        private static let (coreSize, lockedMemory, getDumpable): (Int32, Int32, Int32) = (4, 8, 3)

        /// Kibibytes locked into memory.
        static func lockedKibibytes() throws -> Int { try kibibytes("VmLck") }

        /// Kibibytes of address space in use.
        static func mappedKibibytes() throws -> Int { try kibibytes("VmSize") }

        /// The mask of new files, as octal digits.
        static func umask() throws -> Substring { try field("Umask") }

        /// Whether the system would dump this process, as `prctl` has it: 0 is no.
        static func dumpable() -> Int32 {
            typealias Prctl = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
            guard let symbol = unsafe dlsym(dlopen(nil, RTLD_NOW), "prctl") else { return -1 }
            return unsafe unsafeBitCast(symbol, to: Prctl.self)(getDumpable, 0, 0, 0, 0)
        }

        /// The soft and the hard limit of core dumps, in bytes.
        static func coreLimits() -> [UInt] {
            var limit = rlimit()
            unsafe getrlimit(coreSize, &limit)
            return [UInt(limit.rlim_cur), UInt(limit.rlim_max)]
        }

        /// Gives up being root, where this is root, and what else lets a process lock memory at
        /// will; from then on it may lock `byteCount` bytes.
        static func mayLock(byteCount: UInt) throws {
            var limit = rlimit(rlim_cur: rlim_t(byteCount), rlim_max: rlim_t(byteCount))
            let nobody: uid_t = 65_534
            guard unsafe setrlimit(lockedMemory, &limit) == 0,
                getuid() != 0 || setuid(nobody) == 0
            else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EPERM) }
        }

        private static func kibibytes(_ name: String) throws -> Int {
            try Int(field(name).prefix { $0.isNumber }) ?? -1
        }

        private static func field(_ name: String) throws -> Substring {
            let lines = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
                .split(separator: "\n")
            guard let line = lines.first(where: { $0.hasPrefix("\(name):") }) else {
                throw POSIXError(.ENODATA)
            }
            return line.dropFirst(name.count + 1).drop { $0.isWhitespace }
        }
    }
#endif
