// SPDX-License-Identifier: Apache-2.0

/// The files of one import, all named after its two results.
struct ImportPaths: Equatable, Sendable {
    /// The finished output. It appears complete or not at all.
    let output: String
    /// The finished list of rejected rows.
    let rejects: String

    /// The output so far.
    var outputPart: String { output + ".part" }
    /// The rejected rows so far.
    var rejectsPart: String { rejects + ".part" }
    /// How far the import has come.
    var progress: String { output + ".progress" }
    /// The next state of `progress`, until it is complete.
    var nextProgress: String { output + ".progress.next" }
    /// Held while an import to `output` runs.
    var lock: String { output + ".progress.lock" }

    /// Whether no two of the files share a name.
    var areDistinct: Bool {
        let all = [output, rejects, outputPart, rejectsPart, progress, nextProgress, lock]
        return Set(all).count == all.count
    }
}
