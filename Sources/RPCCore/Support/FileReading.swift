import Foundation

/// Reads files that a user names. Nothing is waited for that may never come: a path that leads to a pipe or a device
/// is refused where a file is meant.
package enum FileReading {
    /// What a path may lead to.
    package enum Source: Hashable, Sendable {
        /// A regular file, or the null device, which is an empty one.
        case file
        /// Also what gives its bytes once: a named pipe, a shell's `<(…)`, a terminal.
        case stream
    }

    /// How long a pipe that nobody writes to is waited for.
    package static let timeout = Duration.seconds(5)

    private static let chunkSize = 64 << 10

    /// The contents of a file.
    /// - Parameters:
    ///   - limit: The most bytes it may have.
    ///   - source: Whether it may be a stream, which is read to its end.
    ///   - timeout: How long a pipe is given until somebody has it open for writing.
    /// - Throws: ``FileReadingError`` that names the file and what is wrong with it.
    package static func contents(
        of path: String, limit: Int, from source: Source = .file, timeout: Duration = timeout
    ) throws(FileReadingError) -> [UInt8] {
        let descriptor = try open(path, as: source)
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(path) }
        if status.kind == S_IFREG, status.st_size > limit { throw .tooLong(path, limit) }
        let isSilent = status.kind == S_IFIFO && !isReadable(descriptor, within: timeout)
        let bytes = try contents(of: descriptor, named: path, limit: limit)
        // Without a writer reading is at its end at once; with one it waits.
        if isSilent, bytes.isEmpty { throw FileReadingError(path, "is a pipe that nobody writes to") }
        return bytes
    }

    /// What a descriptor gives until its end, which is waited for.
    /// - Parameter name: What errors call it.
    package static func contents(
        of descriptor: Int32, named name: String, limit: Int
    ) throws(FileReadingError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            let room = min(chunkSize, limit + 1 - bytes.count)
            var failure: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                let result = read(descriptor, buffer.baseAddress, room)
                failure = result < 0 ? errno : 0
                count = max(0, result)
            }
            switch failure {
            case 0 where chunk.isEmpty: return bytes
            case 0: bytes += chunk
            case EINTR: continue
            case EAGAIN: _ = isReadable(descriptor, within: nil)
            default: throw .unreadable(name, failure)
            }
        }
        throw .tooLong(name, limit)
    }

    /// Opens what a path leads to for reading, which never waits: not even for a pipe that nobody writes to.
    /// - Returns: the descriptor, which is the caller's to close. It does not block.
    /// - Throws: ``FileReadingError`` where it cannot be opened, or is not what may be read.
    package static func open(_ path: String, as source: Source) throws(FileReadingError) -> Int32 {
        let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            defer { close(descriptor) }
            throw .unreadable(path)
        }
        if let problem = problem(with: status, as: source) {
            close(descriptor)
            throw FileReadingError(path, problem)
        }
        return descriptor
    }

    private static func problem(with status: stat, as source: Source) -> String? {
        switch (status.kind, source) {
        case (S_IFREG, _), (S_IFIFO, .stream), (S_IFCHR, .stream): nil
        case (S_IFCHR, .file) where status.isNullDevice: nil
        case (S_IFDIR, _): "cannot be read: \(String(cString: strerror(EISDIR)))"
        case (S_IFIFO, _): "is a pipe, and only a regular file is read here"
        case (S_IFCHR, _), (S_IFBLK, _): "is a device, and only a regular file is read here"
        default: "is no regular file"
        }
    }

    /// Waits until there is something to read, or the end.
    /// - Parameter limit: How long at most; `nil` for as long as it takes.
    /// - Returns: whether there is.
    private static func isReadable(_ descriptor: Int32, within limit: Duration?) -> Bool {
        let milliseconds = limit.map { Int32(clamping: Int64($0 / .milliseconds(1))) } ?? -1
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            let result = poll(&polled, 1, milliseconds)
            if result >= 0 || errno != EINTR { return result != 0 }
        }
    }
}

extension stat {
    fileprivate var kind: mode_t { st_mode & S_IFMT }

    fileprivate var isNullDevice: Bool {
        var null = stat()
        return stat("/dev/null", &null) == 0 && null.st_rdev == st_rdev
    }
}

/// Why a file cannot be read, in one line.
package struct FileReadingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    package let path: String
    /// What is wrong with it: `cannot be read: Permission denied`.
    package let problem: String

    init(_ path: String, _ problem: String) {
        self.path = path
        self.problem = problem
    }

    fileprivate static func unreadable(_ path: String, _ number: Int32 = errno) -> FileReadingError {
        FileReadingError(path, "cannot be read: \(String(cString: strerror(number)))")
    }

    fileprivate static func tooLong(_ path: String, _ limit: Int) -> FileReadingError {
        FileReadingError(path, "is longer than \(limit) bytes")
    }

    package var description: String { "\(path): \(problem)" }
}
