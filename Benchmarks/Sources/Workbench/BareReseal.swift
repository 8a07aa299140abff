// SPDX-License-Identifier: Apache-2.0
import BareC
import Foundation

/// A walk over a copy of a store that gives every card another key and box, as a reseal does, but
/// through SQLite's C interface alone and with bytes that mean nothing.
public final class BareReseal {
    private let folder: TemporaryFolder
    private var database: OpaquePointer?
    private var walk: bare_walk
    private let pageCount: Int
    private var key: Int64 = 1_000
    private let noise: [UInt8]

    /// Copies a store that is at rest.
    ///
    /// - Parameter pageCount: how many cards a transaction changes.
    public init(copying path: String, pageCount: Int) throws {
        folder = try TemporaryFolder()
        for name in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: path + name, toPath: "\(folder.path)/cards.db\(name)")
        }
        // As the store does: no mutex of SQLite's own, as nobody else uses the connection.
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
        precondition(sqlite3_open_v2(folder.path + "/cards.db", &database, flags, nil) == SQLITE_OK)
        precondition(bare_exec(database, bare_settings) == SQLITE_OK)
        walk = bare_walk_prepare(database)
        self.pageCount = pageCount
        noise = (0..<(1 << 17)).flatMap { _ in
            withUnsafeBytes(of: UInt64.random(in: 0...(.max))) { Array($0) }
        }
    }

    /// Changes every card; returns how many.
    public func run() -> Int {
        key += 1
        var place = [UInt8](repeating: 0, count: 17)
        var tokens = [UInt8](repeating: 0, count: 17 * pageCount)
        var count = 0
        while true {
            let changed = noise.withUnsafeBufferPointer { noise in
                let start = count * 50 % (noise.count - 50 * pageCount)
                return bare_walk_page(
                    &walk, &place, Int32(pageCount), key, noise.baseAddress.map { $0 + start },
                    &tokens)
            }
            precondition(changed >= 0)
            guard changed > 0 else { return count }
            count += Int(changed)
        }
    }

    /// Copies the log into the file.
    public func checkpoint() {
        sqlite3_wal_checkpoint_v2(database, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    }

    deinit {
        bare_walk_finalize(&walk)
        sqlite3_close(database)
    }
}
