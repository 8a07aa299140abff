// SPDX-License-Identifier: Apache-2.0
import BareC
import Foundation

// import-rate TOOL [ROWS]: generates a CSV file of cards, imports it with the tool, and inserts as
// many rows of the same layout with bare SQLite, in one run. Prints both rates, their ratio, and
// the greatest memory of the import after the passphrase was stretched (which alone takes 256 MiB
// for half a second).

@main
struct ImportRate {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 2 else { preconditionFailure("usage: import-rate TOOL [ROWS]") }
        let tool = URL(filePath: arguments[1]).path
        let rowCount = arguments.count > 2 ? Int(arguments[2]) ?? 0 : 1_000_000
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("benchmark only 1\n".utf8).write(to: folder.appending(path: "passphrase"))
        try writeCards(rowCount, to: folder.appending(path: "cards.csv"))

        _ = try run(tool, ["init"], in: folder)
        let unlocking = try run(tool, ["scope", "list"], in: folder).seconds
        let done = try run(
            tool, ["import", "cards.csv", "--pan-column", "card_number", "--out", "tokens.csv"],
            in: folder)
        let importing = done.seconds - unlocking
        let bare = try insertBare(rowCount, in: folder.appending(path: "bare.db").path)
        let rate = Double(rowCount) / importing
        let bareRate = Double(rowCount) / bare
        print("rows: \(rowCount)")
        print("import: \(Int(rate)) rows/s (\(importing) s, unlocking taken off: \(unlocking) s)")
        print("bare SQLite: \(Int(bareRate)) rows/s (\(bare) s)")
        print("ratio: \(rate / bareRate)")
        print("greatest memory of the import: \(done.peakKiB / 1024) MiB")
    }

    /// Luhn-valid numbers of a sandbox range, from a fixed seed.
    private static func writeCards(_ rowCount: Int, to file: URL) throws {
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        var text = "customer,card_number,expiry\n"
        var seed: UInt64 = 42
        for row in 0..<rowCount {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let body = 400_000_000_000_000 + (seed >> 20) % 1_000_000_000
            text += "C-\(row),\(body)\(checkDigit(body)),12/30\n"
            if text.utf8.count > 1 << 20 {
                try handle.write(contentsOf: Data(text.utf8))
                text = ""
            }
        }
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    private static func checkDigit(_ body: UInt64) -> UInt64 {
        var (rest, sum, doubles) = (body, UInt64(0), true)
        while rest > 0 {
            let value = rest % 10 * (doubles ? 2 : 1)
            sum += value > 9 ? value - 9 : value
            rest /= 10
            doubles.toggle()
        }
        return (10 - sum % 10) % 10
    }

    private static func run(
        _ tool: String, _ arguments: [String], in folder: URL
    ) throws -> (seconds: Double, peakKiB: Int) {
        let process = Process()
        process.executableURL = URL(filePath: tool)
        process.arguments = arguments + ["--passphrase-file", "passphrase"]
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        let start = ContinuousClock.now
        try process.run()
        var peak = 0
        let part = folder.appending(path: "tokens.csv.part").path
        while process.isRunning {
            usleep(5_000)
            guard FileManager.default.fileExists(atPath: part) else { continue }
            peak = max(peak, residentKiB(process.processIdentifier))
        }
        guard process.terminationStatus == 0 else { preconditionFailure("the tool failed") }
        return ((.now - start) / .seconds(1), peak)
    }

    private static func residentKiB(_ process: Int32) -> Int {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .ascii)
        else { return 0 }
        return (Int(status.split(separator: " ").dropFirst().first ?? "") ?? 0) * 4
    }

    /// Rows of the same sizes in batches as large as the import's, sorted as it sorts.
    private static func insertBare(_ rowCount: Int, in path: String) throws -> Double {
        var database: OpaquePointer?
        sqlite3_open(path, &database)
        precondition(bare_exec(database, bare_schema) == SQLITE_OK)
        let card = bare_prepare(database, "INSERT INTO cards VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        let search = bare_prepare(database, "INSERT INTO fingerprints VALUES (?, ?, ?, ?)")
        let box = [UInt8](repeating: 1, count: 50)
        var spent = 0.0
        for start in stride(from: 0, to: rowCount, by: 50_000) {
            let rows = (start..<min(start + 50_000, rowCount)).map { row in
                let serial = UInt64(row)
                return (
                    token: [1] + bytes(serial << 16) + bytes(serial &* 0x9e37_79b9_7f4a_7c15),
                    fingerprint: bytes(serial &* 0xd134_2543_de82_ef95) + bytes(serial)
                )
            }
            let sorted = rows.sorted { $0.fingerprint.lexicographicallyPrecedes($1.fingerprint) }
            let began = ContinuousClock.now
            bare_exec(database, "BEGIN IMMEDIATE")
            for row in sorted {
                precondition(bare_insert_fingerprint(search, row.fingerprint, row.token) == 1)
            }
            for row in rows { precondition(bare_insert_card(card, row.token, box) == 1) }
            bare_exec(database, "COMMIT")
            spent += (.now - began) / .seconds(1)
        }
        sqlite3_finalize(card)
        sqlite3_finalize(search)
        sqlite3_close(database)
        return spent
    }

    private static func bytes(_ word: UInt64) -> [UInt8] {
        withUnsafeBytes(of: word.bigEndian) { Array($0) }
    }
}
