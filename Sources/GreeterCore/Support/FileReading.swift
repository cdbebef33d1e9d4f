import Foundation

/// Reads small files that a person names.
package enum FileReading {
    /// The contents of a file.
    /// - Parameter limit: The most bytes it may have.
    /// - Throws: ``FileReadingError`` that names the file and what is wrong with it.
    package static func contents(of path: String, limit: Int) throws(FileReadingError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard let data = try? file.read(upToCount: limit + 1) ?? Data() else { throw unreadable(path) }
        guard data.count <= limit else { throw FileReadingError("\(path): is longer than \(limit) bytes") }
        return Array(data)
    }

    private static func unreadable(_ path: String) -> FileReadingError {
        let number = errno
        return FileReadingError("\(path): cannot be read: \(String(cString: strerror(number)))", errorNumber: number)
    }
}

/// Why a file cannot be read, in one line.
package struct FileReadingError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
    private let errorNumber: Int32

    init(_ description: String, errorNumber: Int32 = 0) {
        self.description = description
        self.errorNumber = errorNumber
    }

    /// Whether there is no such file.
    package var isMissing: Bool { errorNumber == ENOENT || errorNumber == ENOTDIR }
}
