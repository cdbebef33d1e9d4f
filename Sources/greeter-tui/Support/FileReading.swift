import Foundation

/// Reads small files that the arguments name.
enum FileReading {
    /// The contents of a file.
    /// - Parameter limit: The most bytes it may have.
    /// - Throws: ``Exit`` with status 2 that names the file and what is wrong with it.
    static func contents(of path: String, limit: Int) throws(Exit) -> Data {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard let data = try? file.read(upToCount: limit + 1) ?? Data() else { throw unreadable(path) }
        guard data.count <= limit else { throw .usage("\(path): is longer than \(limit) bytes") }
        return data
    }

    private static func unreadable(_ path: String) -> Exit {
        .usage("\(path): cannot be read: \(String(cString: strerror(errno)))")
    }
}
