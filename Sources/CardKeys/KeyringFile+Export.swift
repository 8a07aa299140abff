// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension KeyringFile {
    /// Registers a copy of the keyring and writes it to a new file, readable by the owner alone.
    ///
    /// The register comes first and is durable: a copy that nobody knows of would outlive a
    /// shredding. When the file cannot be written the copy stays registered, to be marked as
    /// destroyed.
    ///
    /// - Parameters:
    ///   - lock: that of this keyring.
    ///   - moment: now.
    ///   - path: where the copy is to be.
    /// - Returns: What the register says of the copy.
    /// - Throws: ``KeyringError``: `exists` when there is a file at `path`, `tooManyCopies`.
    package func export(
        under lock: KeyringLock, at moment: Timestamp, to path: String
    ) throws(KeyringError) -> KeyringCopy {
        guard try KeyringPath(path).load() == nil else { throw .exists }
        var edit = try edit(under: lock, at: moment)
        let copy = try edit.addCopy()
        try edit.write()
        let text = try source.text()
        do throws(FileError) {
            try AtomicFile.create(path, with: text)
        } catch {
            throw error.systemCode == EEXIST ? .exists : .file(error)
        }
        return copy
    }
}
