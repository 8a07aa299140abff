// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What this machine lets a test do.
enum Machine {
    /// A shell line that runs the tool as somebody who is not root, whom no permission stops.
    static let unprivileged =
        geteuid() == 0
        ? #"exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@""# : #"exec "$@""#

    /// Whether the tool can be run so: the one who is not root may not reach the build.
    static let hasUnprivileged = succeeds(unprivileged)

    /// A shell line that runs the tool on copies of all files, in a folder `small` of 1 MiB that is
    /// there for it alone, and puts what the tool leaves into a folder `left`.
    static let onSmallDisk = """
        mkdir small left
        exec unshare --user --map-root-user --mount sh -c '
            mount -t tmpfs -o size=1m none small || exit 99
            cp keyring.json cards.db small
            "$@"
            status=$?
            cp -a small/. left
            exit $status' sh "$@"
        """

    /// A shell line that runs the tool on copies of all files, in a folder `small` that is there
    /// for it alone, of a disk that takes no change.
    static let onReadOnlyDisk = """
        mkdir small
        exec unshare --user --map-root-user --mount sh -c '
            mount -t tmpfs none small || exit 99
            cp keyring.json cards.db small
            mount -o remount,ro small || exit 99
            exec "$@"' sh "$@"
        """

    /// Whether such disks can be had.
    static let hasSmallDisk = succeeds(onSmallDisk)
    static let hasReadOnlyDisk = succeeds(onReadOnlyDisk)

    private static func succeeds(_ shell: String) -> Bool {
        guard let scratch = try? Scratch() else { return false }
        for name in ["keyring.json", "cards.db"] { _ = try? scratch.write([], to: name) }
        return (try? Tool.run(["--version"], in: scratch.path, shell: shell).status) == 0
    }
}

extension ToolVault {
    /// Says what others may do with the folder and its files, but for a folder in it.
    func allow(folder: Int, files: Int) throws {
        for name in try scratch.names() where name != "locked" {
            try FileManager.default.setAttributes(
                [.posixPermissions: files], ofItemAtPath: scratch.file(name))
        }
        try FileManager.default.setAttributes(
            [.posixPermissions: folder], ofItemAtPath: scratch.path)
    }
}
