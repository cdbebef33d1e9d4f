import Foundation

/// Makes and opens the files of a history, which are regular files in its folder: a symbolic link in the place of one would
/// have something elsewhere made or written to, and a pipe or a device would hang.
enum OwnFile {
    /// Whether there is such a file.
    /// - Throws: ``HistoryError`` where something else has its name.
    static func exists(_ path: String) throws(HistoryError) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { return false }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return true
        case S_IFLNK:
            throw HistoryError(
                .unwritable,
                "\(path): is a symbolic link, which the history does not follow; to keep it elsewhere set XDG_STATE_HOME"
            )
        default: throw HistoryError(.unwritable, "\(path): is no regular file")
        }
    }

    /// Opens a file to read and to write, and makes it where it is not there. Only the owner can read it.
    static func open(_ path: String) throws(HistoryError) -> Int32 {
        let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
        let descriptor = Foundation.open(path, flags, 0o600)
        guard descriptor >= 0 else {
            throw HistoryError(.unwritable, "\(path): cannot be written: \(String(cString: strerror(errno)))")
        }
        return descriptor
    }
}
