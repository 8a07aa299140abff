// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

extension ToolVault {
    /// Keeps every other process from writing to the store until the file is closed.
    func holdStore() throws -> FileHandle { try hold("cards.db.lock") }

    /// Starts an import of `in.csv` to `out.csv` that has opened the vault and made its files, and
    /// stands still before its first row.
    ///
    /// It has read the input once when it asks for the passphrase. What it opens then is a pipe
    /// that nobody writes to.
    func startStalledImport() throws -> Tool {
        for name in ["secret", "pipe"] {
            let code = unsafe mkfifo(scratch.file(name), 0o600)
            try #require(code == 0)
        }
        let tool = try Tool(
            [
                "import", "in.csv", "--pan-column", "pan", "--out", "out.csv",
                "--passphrase-file", "secret",
            ], in: scratch.path)
        var secret: Int32 = -1
        for _ in 0..<60_000 where secret < 0 {
            // Refused as long as nobody reads.
            secret = unsafe open(scratch.file("secret"), O_WRONLY | O_NONBLOCK)
            if secret < 0 { usleep(1000) }
        }
        try #require(secret >= 0)
        let pipe = FileHandle(fileDescriptor: secret, closeOnDealloc: true)
        try rename("in.csv", to: "kept.csv")
        try rename("pipe", to: "in.csv")
        try pipe.write(contentsOf: Data("\(Self.passphrase)\n".utf8))
        try pipe.close()
        awaitFile("out.csv.rejects.csv.part")
        return tool
    }

    /// Gives the input of a stalled import its place again.
    func restoreInput() throws {
        for name in ["in.csv", "secret"] {
            try FileManager.default.removeItem(atPath: scratch.file(name))
        }
        try rename("kept.csv", to: "in.csv")
    }

    private func rename(_ name: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: scratch.file(name), toPath: scratch.file(other))
    }

    /// Takes the lock of a file, which it makes.
    func hold(_ name: String) throws -> FileHandle {
        let path = try scratch.write([], to: name)
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try #require(flock(file.fileDescriptor, LOCK_EX | LOCK_NB) == 0)
        return file
    }

    /// Waits until another process has made a file, and has written `words` into it.
    ///
    /// It keeps its thread: other tests take theirs for seconds, in which the process would go on.
    func awaitFile(_ name: String, saying words: String = "") {
        for _ in 0..<60_000 {
            if let text = scratch.text(name), words.isEmpty || text.contains(words) { return }
            usleep(1000)
        }
        Issue.record("\(name) did not come")
    }
}
