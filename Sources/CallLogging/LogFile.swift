import Foundation
import Synchronization

/// A file of lines that does not grow for ever: when it is full it becomes `NAME.1`, what was that becomes `NAME.2`,
/// and so on; the oldest goes.
///
/// At most ``sizeLimit`` bytes and one write each in ``keptFiles`` old files and the present one: some 32 MiB.
/// Several programs may write to the same file: each write appends whole lines, and one of them changes the files over.
/// Only the owner can read them. A symbolic link in its place is not followed.
final class LogFile: Sendable {
    /// The size at which a file is put aside, in bytes, unless another is given: 8 MiB.
    static let sizeLimit = 8 << 20
    /// How many old files there are, unless told otherwise.
    static let keptFiles = 3

    /// So many bytes are gathered before they are written.
    private static let bufferLimit = 64 << 10

    private struct State {
        var descriptor: Int32
        var buffer: [UInt8] = []
        var problem: String?
    }

    let path: String
    private let sizeLimit: Int
    private let keptFiles: Int
    private let state: Mutex<State>

    /// Opens a file, and makes it and its folder where they are not there.
    /// - Throws: ``LogError`` where it cannot be written.
    init(path: String, sizeLimit: Int = sizeLimit, keptFiles: Int = keptFiles) throws(LogError) {
        self.path = path
        self.sizeLimit = sizeLimit
        self.keptFiles = keptFiles
        let folder = NSString(string: path).deletingLastPathComponent
        if !folder.isEmpty {
            // What goes wrong here shows when the file is opened.
            try? FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        state = Mutex(State(descriptor: try Self.open(path)))
    }

    deinit {
        state.withLock { state in
            flush(&state)
            close(state.descriptor)
        }
    }

    /// Why lines were lost, where they were.
    var problem: String? { state.withLock { $0.problem } }

    /// Adds a line. It is written with others; ``flush()`` writes it now.
    func append(_ line: some Collection<UInt8>) {
        state.withLock { state in
            state.buffer += line
            state.buffer.append(UInt8(ascii: "\n"))
            if state.buffer.count >= Self.bufferLimit { flush(&state) }
        }
    }

    /// Writes what has been added.
    func flush() {
        state.withLock { flush(&$0) }
    }

    private func flush(_ state: inout State) {
        guard !state.buffer.isEmpty, state.problem == nil else { return state.buffer.removeAll() }
        makeRoom(&state)
        var rest = state.buffer[...]
        while !rest.isEmpty, state.problem == nil {
            let written = rest.withUnsafeBytes { write(state.descriptor, $0.baseAddress, $0.count) }
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR {
                state.problem = "\(path): cannot be written: \(String(cString: strerror(errno)))"
            }
        }
        state.buffer.removeAll(keepingCapacity: true)
    }

    // MARK: - Changing over

    /// Puts the file aside if it would grow too large, and opens a new one. Follows another program that has done so.
    private func makeRoom(_ state: inout State) {
        guard let size = Self.size(of: state.descriptor), size > 0, size + state.buffer.count > sizeLimit else {
            return
        }
        // Of several programs the first one changes the files; the lock is on the file that is full.
        flock(state.descriptor, LOCK_EX)
        if Self.isSame(state.descriptor, path) {
            for number in stride(from: keptFiles, to: 0, by: -1) {
                rename(number == 1 ? path : "\(path).\(number - 1)", "\(path).\(number)")
            }
            if keptFiles == 0 { unlink(path) }
        }
        flock(state.descriptor, LOCK_UN)
        do throws(LogError) {
            let descriptor = try Self.open(path)
            close(state.descriptor)
            state.descriptor = descriptor
        } catch {
            // To go on in the old file would make it grow for ever.
            state.problem = error.description
        }
    }

    private static func open(_ path: String) throws(LogError) -> Int32 {
        // A pipe that nobody reads is refused instead of waited for, and a link that somebody else may have put there is
        // not followed. The system's own names for what a process has open are links, too.
        let isOwnStream = ["/dev/stdout", "/dev/stderr"].contains(path) || path.hasPrefix("/dev/fd/")
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | (isOwnStream ? 0 : O_NOFOLLOW)
        let descriptor = Foundation.open(path, flags, 0o600)
        guard descriptor >= 0 else { throw LogError("\(path): \(reason(errno))") }
        // One that was there may have been readable by others. What is no file of ours keeps what it has.
        if size(of: descriptor) != nil { fchmod(descriptor, 0o600) }
        return descriptor
    }

    private static func reason(_ number: Int32) -> String {
        switch number {
        case ELOOP: "is a symbolic link, which a log does not follow; name the file itself"
        case ENXIO: "is a pipe that nobody reads"
        default: "cannot be written: \(String(cString: strerror(number)))"
        }
    }

    /// The size of a regular file; `nil` for anything else, which cannot be put aside.
    private static func size(of descriptor: Int32) -> Int? {
        var information = stat()
        guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(information.st_size)
    }

    /// Whether the path still leads to the open file.
    private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
        var (open, named) = (stat(), stat())
        return fstat(descriptor, &open) == 0 && lstat(path, &named) == 0 && open.st_ino == named.st_ino
            && open.st_dev == named.st_dev
    }
}

/// Why there can be no log.
public struct LogError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
