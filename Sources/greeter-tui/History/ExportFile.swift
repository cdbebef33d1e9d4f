import Foundation
import History
import RPCCore
import WorkbenchModel

/// A file into which a call is written.
enum ExportFile {
    /// Writes a call to a file, all of it or nothing: the name stands for what was there until the new one is complete.
    /// - Returns: `false` where there is something at the path that is not to be replaced.
    /// - Throws: ``HistoryProblem`` where it cannot be written; what the history throws.
    static func write(_ order: CallExport, of history: HistoryStore) async throws -> Bool {
        let path = order.path
        var status = stat()
        let isThere = lstat(path, &status) == 0
        if isThere, !order.replaces { return false }
        if isThere, !status.isRegular {
            throw HistoryProblem.failed("\(PathText.name(of: path)) is no file that could be replaced")
        }
        let call = try await history.call(order.call)
        let temporary = "\(PathText.directory(of: path))/.greeter-tui-\(UUID().uuidString)"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.problem(path) }
        defer {
            close(descriptor)
            unlink(temporary)
        }
        try await history.write(call, as: order.format) { bytes in
            guard writeAll(bytes[...], to: descriptor) else { throw Self.problem(path) }
        }
        guard fsync(descriptor) == 0 else { throw Self.problem(path) }
        // A file that has come meanwhile is not replaced, unless it was to be.
        guard order.replaces else {
            if link(temporary, path) == 0 { return true }
            if errno == EEXIST { return false }
            throw Self.problem(path)
        }
        guard rename(temporary, path) == 0 else { throw Self.problem(path) }
        return true
    }

    private static func problem(_ path: String) -> HistoryProblem {
        .failed(VersionedFile.problem("cannot be written", path).text)
    }
}
