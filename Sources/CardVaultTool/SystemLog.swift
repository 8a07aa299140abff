// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The log of the system, for what no audit log can take because none of its keys is open.
enum SystemLog {
    /// Puts a line on it for those who watch over access (`authpriv`, `warning`). A system without
    /// a log is nobody's error.
    static func warn(_ line: String) {
        unsafe line.withCString { text in
            unsafe withVaList([text]) { unsafe vsyslog(LOG_AUTHPRIV | LOG_WARNING, "%s", $0) }
        }
    }
}
