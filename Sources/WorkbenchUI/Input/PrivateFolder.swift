import Foundation

/// A folder of this process among the temporary ones, which nobody else can look into.
struct PrivateFolder: Sendable {
    private let place: URL

    init() throws {
        place = FileManager.default.temporaryDirectory.appending(path: "greeter-tui-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: place, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    var path: String { place.path }

    func path(of name: String) -> String { place.appending(path: name).path }

    func remove() { try? FileManager.default.removeItem(at: place) }
}
