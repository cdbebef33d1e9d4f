import Foundation
import Plans
import RPCCore
import WorkbenchModel

/// Lists directories for a user to choose from.
enum DirectoryReader {
    /// Names listed at most.
    static let limit = 10_000

    static func list(_ query: DirectoryQuery) throws(FileProblem) -> DirectoryListing {
        let path = directory(of: query)
        guard let stream = opendir(path) else { throw VersionedFile.problem("cannot be listed", path) }
        defer { closedir(stream) }
        var entries: [FileEntry] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            guard entries.count < limit else {
                return DirectoryListing(directory: path, entries: sorted(entries), isCut: true)
            }
            entries.append(FileEntry(name, kind(of: name, in: path)))
        }
        return DirectoryListing(directory: path, entries: sorted(entries))
    }

    private static func directory(of query: DirectoryQuery) -> String {
        let path = PathText.expanded(query.path, home: ProcessInfo.processInfo.environment["HOME"])
        return PathText.resolved(path, in: query.base)
    }

    private static func kind(of name: String, in directory: String) -> FileEntry.Kind {
        var status = stat()
        if stat("\(directory)/\(name)", &status) == 0, status.isDirectory { return .directory }
        return switch PlanFileKind(path: name) {
        case .yaml: .plan
        case .records(let format): .records(format)
        case nil: .other
        }
    }

    private static func sorted(_ entries: [FileEntry]) -> [FileEntry] {
        entries.map { ($0.name.lowercased(), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
