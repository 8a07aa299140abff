// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The middle one of several values.
public func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// A value to two places.
public func hundredths(_ value: Double) -> Double { (value * 100).rounded() / 100 }

/// The number that an argument of the command gives; `standard` where there is none.
public func argument(_ position: Int, or standard: Int) -> Int {
    let arguments = CommandLine.arguments
    return arguments.count > position ? Int(arguments[position]) ?? standard : standard
}

/// The memory of this process, as the system counts it.
public enum Memory {
    /// The greatest resident memory since ``forgetPeak()``, in KiB; 0 where the system does not
    /// say.
    public static var peakKiB: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }

    /// Makes the resident memory of now the greatest.
    public static func forgetPeak() {
        try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
    }
}

/// How many bytes this process has written to files, 0 where the system does not say.
public func writtenByteCount() -> Int {
    let counts = (try? String(contentsOfFile: "/proc/self/io", encoding: .utf8)) ?? ""
    let line = counts.split(separator: "\n").first { $0.hasPrefix("wchar:") }
    return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
}

/// How many seconds processors have worked for this process.
public func processorSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return [usage.ru_utime, usage.ru_stime].reduce(0) {
        $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1_000_000
    }
}
