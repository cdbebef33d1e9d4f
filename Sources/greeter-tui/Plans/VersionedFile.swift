import Foundation
import RPCCore
import WorkbenchModel
import WorkbenchUI

/// Reads and writes whole files, and tells their versions from one another.
enum VersionedFile {
    /// The contents of a regular file, and their version.
    /// - Parameter limit: The most bytes it may have.
    static func read(_ path: String, limit: Int) throws(FileProblem) -> (bytes: [UInt8], version: FileVersion) {
        // Opening a pipe that nobody writes to does not wait this way.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw problem("cannot be read", path) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw problem("cannot be read", path) }
        guard status.isRegular else { throw FileProblem("\(PathText.name(of: path)) is no file") }
        guard let data = try? file.read(upToCount: limit + 1) ?? Data() else { throw problem("cannot be read", path) }
        guard data.count <= limit else {
            throw FileProblem("\(PathText.name(of: path)) is longer than \(limit) bytes, the most that is taken")
        }
        return (Array(data), status.version)
    }

    /// The bytes in a regular file.
    static func size(of path: String) throws(FileProblem) -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else { throw problem("cannot be read", path) }
        guard status.isRegular else { throw FileProblem("\(PathText.name(of: path)) is no file") }
        return Int(status.st_size)
    }

    /// Puts a file with these contents where the path leads, all of it or nothing: the name stands for the old contents
    /// until the new ones are on the disk. A symbolic link stays one.
    /// - Parameter mode: The permissions of a new file, before the mask of the process; an old file keeps its own.
    static func write(
        _ bytes: [UInt8], to path: String, _ rule: PlanWrite.Rule, mode: mode_t = 0o666
    ) -> Result<FileVersion, WriteRefusal> {
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        var status = stat()
        let isThere = stat(target, &status) == 0
        if isThere, !status.isRegular {
            return .failure(.problem(FileProblem("\(PathText.name(of: path)) is no file")))
        }
        if isThere, let refusal = rule.refusal(of: status.version) { return .failure(refusal) }
        let temporary = "\(PathText.directory(of: target))/.greeter-tui-\(UUID().uuidString)"
        defer { unlink(temporary) }
        do throws(FileProblem) {
            try create(temporary, bytes, mode: isThere ? status.st_mode & 0o7777 : mode, exactly: isThere)
        } catch {
            return .failure(.problem(error))
        }
        // A file that has come meanwhile is not replaced, where nothing is to be.
        if rule == .nothing, link(temporary, target) != 0, errno == EEXIST { return .failure(.exists) }
        guard rename(temporary, target) == 0, stat(target, &status) == 0 else {
            return .failure(.problem(problem("cannot be written", path)))
        }
        return .success(status.version)
    }

    /// - Parameter exactly: Whether the mask of the process is not to matter.
    private static func create(
        _ path: String, _ bytes: [UInt8], mode: mode_t, exactly: Bool
    ) throws(FileProblem) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw problem("cannot be written", PathText.directory(of: path)) }
        defer { close(descriptor) }
        if exactly { fchmod(descriptor, mode) }
        guard writeAll(bytes[...], to: descriptor), fsync(descriptor) == 0 else {
            throw problem("cannot be written", path)
        }
    }

    static func problem(_ what: String, _ path: String) -> FileProblem {
        FileProblem("\(path) \(what): \(String(cString: strerror(errno)))")
    }
}

/// Why a file was not written.
enum WriteRefusal: Error {
    case exists
    case hasChanged
    case problem(FileProblem)
}

extension PlanWrite.Rule {
    fileprivate func refusal(of version: FileVersion) -> WriteRefusal? {
        switch self {
        case .nothing: .exists
        case .version(let expected): expected == version ? nil : .hasChanged
        case .anything: nil
        }
    }
}

extension stat {
    var isRegular: Bool { st_mode & S_IFMT == S_IFREG }
    var isDirectory: Bool { st_mode & S_IFMT == S_IFDIR }

    /// Other contents have another inode, size or time of change.
    var version: FileVersion {
        #if os(Linux)
            let time = st_mtim
        #else
            let time = st_mtimespec
        #endif
        return FileVersion("\(st_dev):\(st_ino):\(st_size):\(time.tv_sec).\(time.tv_nsec)")
    }
}
