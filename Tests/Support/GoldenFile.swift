import Foundation

/// A file with the text that something must produce, checked in beside the test.
///
/// With `RENEW_GOLDEN=1` in the environment the files are written anew instead, to be read through before they are
/// committed.
public struct GoldenFile: Sendable {
    private let url: URL

    /// - Parameters:
    ///   - name: The file's name in the folder `Golden` beside the test.
    ///   - testFile: The file of the test.
    public init(_ name: String, testFile: StaticString = #filePath) {
        url = URL(fileURLWithPath: "\(testFile)").deletingLastPathComponent()
            .appendingPathComponent("Golden").appendingPathComponent(name)
    }

    /// Compares a text with the file.
    /// - Returns: `nil` where they are equal, else what to say about it.
    public func difference(from actual: String) throws -> String? {
        if ProcessInfo.processInfo.environment["RENEW_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(actual.utf8).write(to: url)
            return nil
        }
        guard let data = try? Data(contentsOf: url) else {
            return "\(url.lastPathComponent) is missing; RENEW_GOLDEN=1 writes it"
        }
        let expected = String(decoding: data, as: UTF8.self)
        guard expected != actual else { return nil }
        return "\(url.lastPathComponent) differs; RENEW_GOLDEN=1 writes it anew. Now:\n\(actual)"
    }
}
