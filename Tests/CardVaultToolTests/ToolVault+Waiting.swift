// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

extension ToolVault {
    /// Keeps every other process from writing to the store until the file is closed.
    func holdStore() throws -> FileHandle { try hold("cards.db.lock") }

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
