// SPDX-License-Identifier: Apache-2.0

extension ImportJournal {
    /// Begins with nothing done. A failure leaves no file behind.
    static func start(
        _ state: ImportState, at paths: ImportPaths, _ lock: consuming FileLock
    ) throws(ImportError) -> ImportJournal {
        for path in [paths.output, paths.rejects, paths.outputPart, paths.rejectsPart] {
            try refuse(existing: path)
        }
        try state.write(paths)
        var made = [paths.progress]
        do throws(ImportError) {
            let output = try createPart(paths.outputPart)
            made.append(paths.outputPart)
            let rejects = try createPart(paths.rejectsPart)
            return try ImportJournal(state, paths, lock, output: output, rejects: rejects)
        } catch {
            for path in made.reversed() { try? FileName.remove(path) }
            throw error
        }
    }

    /// Goes on from `state`: partial files lose what it does not vouch for.
    static func resume(
        _ state: ImportState, at paths: ImportPaths, _ lock: consuming FileLock
    ) throws(ImportError) -> ImportJournal {
        try refuse(existing: paths.output)
        try refuse(existing: paths.rejects)
        let progress = state.progress
        let output = try reopenPart(paths.outputPart, cutTo: progress.outputByteCount)
        let rejects = try reopenPart(paths.rejectsPart, cutTo: progress.rejectsByteCount)
        return try ImportJournal(state, paths, lock, output: output, rejects: rejects)
    }

    /// The last steps of an import whose rows are all done, as many of them as are still to be
    /// made.
    static func giveNames(_ paths: ImportPaths) throws(ImportError) {
        try giveName(paths.rejects, to: paths.rejectsPart)
        try giveName(paths.output, to: paths.outputPart)
        try ImportError.wrap { () throws(FileError) in
            try FileName.remove(paths.progress)
            try FileName.syncFolder(of: paths.progress)
        }
    }

    private static func giveName(_ path: String, to part: String) throws(ImportError) {
        do throws(FileError) {
            try FileName.give(path, to: part)
        } catch {
            if error.isAlreadyThere { throw .outputExists(path: path) }
            guard error.isNotThere else { throw .file(error) }
            // Renamed before a crash; the journal was complete, so the file of that name is ours.
            guard try exists(path) else { throw .partLost(path: part) }
        }
        try ImportError.wrap { () throws(FileError) in try FileName.syncFolder(of: path) }
    }

    private static func createPart(_ path: String) throws(ImportError) -> OpenFile {
        do throws(FileError) {
            let file = try OpenFile.creating(path)
            try FileName.syncFolder(of: path)
            return file
        } catch {
            throw error.isAlreadyThere ? .outputExists(path: path) : .file(error)
        }
    }

    private static func reopenPart(
        _ path: String, cutTo byteCount: Int
    ) throws(ImportError) -> OpenFile {
        do throws(FileError) {
            let file = try OpenFile.writing(path)
            if try file.byteCount >= byteCount {
                try file.truncate(to: byteCount)
                try file.sync()  // or what was cut off may be back after a power failure
                return file
            }
        } catch {
            guard error.isNotThere else { throw .file(error) }
            // The journal comes before the partial files, so a crash may leave it alone.
            if byteCount == 0 { return try createPart(path) }
        }
        throw .partLost(path: path)
    }

    private static func refuse(existing path: String) throws(ImportError) {
        guard try !exists(path) else { throw .outputExists(path: path) }
    }

    private static func exists(_ path: String) throws(ImportError) -> Bool {
        try ImportError.wrap { () throws(FileError) in try FileName.exists(path) }
    }
}
