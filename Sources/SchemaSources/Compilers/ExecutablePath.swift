import Foundation

/// Programs on the `PATH`.
enum ExecutablePath {
    /// The path of a program (POSIX.1, XBD 8.3): that in the first folder that has one of the name.
    /// - Returns: `nil` where there is none.
    static func find(_ name: String, in environment: [String: String]) -> String? {
        let folders = (environment["PATH"] ?? "").split(separator: ":", omittingEmptySubsequences: false)
        return folders.lazy.map { $0.isEmpty ? "./\(name)" : "\($0)/\(name)" }.first { path in
            var status = stat()
            return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
        }
    }
}
