import Foundation
import RPCCore

/// The places of a user's own files, after the XDG Base Directory Specification.
public struct UserDirectories: Sendable {
    private static let name = "greeter-tui"
    private let environment: [String: String]

    public init(environment: [String: String]) {
        self.environment = environment
    }

    /// The file that is read when no other is named; `nil` where there is no home.
    public var configurationFile: String? { folder("XDG_CONFIG_HOME", ".config").map { $0 + "/config.yaml" } }

    /// Where logs go; `nil` where there is no home.
    public var stateFolder: String? { folder("XDG_STATE_HOME", ".local/state") }

    /// Where pictures of the screen go; `nil` where there is no home.
    public var dataFolder: String? { folder("XDG_DATA_HOME", ".local/share") }

    /// The program's folder below a base folder. The specification has relative paths in the variables ignored.
    private func folder(_ variable: String, _ standard: String) -> String? {
        if let base = environment[variable], base.hasPrefix("/") { return "\(base)/\(Self.name)" }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return "\(home)/\(standard)/\(Self.name)"
    }

    /// The file that a path means, which was written somewhere.
    static func resolve(_ path: String, namedIn origin: Origin) -> String {
        if path.hasPrefix("~/") { return PathText.expanded(path, home: ProcessInfo.processInfo.environment["HOME"]) }
        guard case .file(let place, _) = origin, !path.hasPrefix("/") else { return path }
        let folder = NSString(string: place.path).deletingLastPathComponent
        return folder.isEmpty ? path : "\(folder)/\(path)"
    }
}
