import Foundation

/// A folder with files that goes away with its last user.
public final class TemporaryFolder: Sendable {
    public let path: String

    /// - Parameter files: Names and contents.
    public init(_ files: [String: String]) throws {
        path = NSTemporaryDirectory() + "greeter-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files {
            try text.write(toFile: "\(path)/\(name)", atomically: false, encoding: .utf8)
        }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
