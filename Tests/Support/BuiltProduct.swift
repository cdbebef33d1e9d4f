import Foundation

/// The programs that were built beside the tests.
public enum BuiltProduct {
    /// The path of a program.
    /// - Throws: where it has not been built.
    public static func path(of name: String) throws -> String {
        let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        for folder in [tests.deletingLastPathComponent(), Bundle.main.bundleURL] {
            let url = folder.appendingPathComponent(name)
            if FileManager.default.isExecutableFile(atPath: url.path) { return url.path }
        }
        throw NotBuilt(description: "\(name) is not beside \(tests.path)")
    }

    struct NotBuilt: Error, CustomStringConvertible {
        let description: String
    }
}
