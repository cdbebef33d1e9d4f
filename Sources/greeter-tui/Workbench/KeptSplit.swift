import Foundation
import RPCCore
import WorkbenchModel

/// How the borders of the screen were moved, from one run to the next: a small file of JSON in the program's folder for such things.
struct KeptSplit: Sendable {
    /// Bytes that the file has at most.
    private static let sizeLimit = 4096

    /// The file; `nil` where there is no place for it.
    private let path: String?

    init(stateFolder: String?) {
        path = stateFolder.map { "\($0)/split.json" }
    }

    /// What was kept; nothing moved where there is nothing, or nothing that can be read.
    func read() -> Split {
        guard let path, let (bytes, _) = try? VersionedFile.read(path, limit: Self.sizeLimit) else { return Split() }
        return (try? JSONDecoder().decode(Split.self, from: Data(bytes))) ?? Split()
    }

    /// Keeps it; not to have it kept is no reason to say anything: the screen is as it is without it.
    func write(_ split: Split) {
        guard let path, split != read() else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try? FileManager.default.createDirectory(
            atPath: PathText.directory(of: path), withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        guard let data = try? encoder.encode(split) else { return }
        _ = VersionedFile.write(Array(data), to: path, .anything, mode: 0o600)
    }
}
