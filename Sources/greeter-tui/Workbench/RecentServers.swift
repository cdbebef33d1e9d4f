import Foundation
import RPCCore
import Synchronization

/// The servers that were reached, the newest first, over all runs of the program: a file of the user's own with an address in each
/// line. Addresses hold no credentials: one with a user's name in it is refused when it is read.
final class RecentServers: Sendable {
    private static let limit = 20
    /// The most bytes that are read.
    private static let sizeLimit = 64 << 10

    /// `nil` where nothing is remembered.
    private let path: String?
    private let lock = Mutex(())

    init(folder: String?) {
        path = folder.map { $0 + "/servers" }
    }

    func list() -> [String] {
        guard let path, let read = try? VersionedFile.read(path, limit: Self.sizeLimit) else { return [] }
        let lines = String(decoding: read.bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
        return Array(lines.filter { (try? ServerAddress(parsing: $0)) != nil }.prefix(Self.limit))
    }

    /// Puts a server first. Where that cannot be written it is not remembered, which nobody need know.
    func remember(_ server: String) {
        guard let path, (try? ServerAddress(parsing: server)) != nil else { return }
        lock.withLock { _ in
            let list = ([server] + self.list().filter { $0 != server }).prefix(Self.limit)
            try? FileManager.default.createDirectory(
                atPath: PathText.directory(of: path), withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            let text = list.map { $0 + "\n" }.joined()
            _ = VersionedFile.write(Array(text.utf8), to: path, .anything, mode: 0o600)
        }
    }
}
