import Foundation
import RPCCore
import Tapes
import TerminalUI
import UserConfiguration

/// Where pictures of the screen are kept: `$XDG_DATA_HOME/greeter-tui/captures`, in a home without that variable
/// `~/.local/share/greeter-tui/captures` (XDG Base Directory Specification).
struct CaptureFolder: Sendable {
    private let folder: URL
    private let clock: any CallClock
    private let timeZone: TimeZone

    /// - Returns: `nil` where the environment names no home.
    init?(_ surroundings: Surroundings) {
        guard let data = UserDirectories(environment: surroundings.environment).dataFolder else { return nil }
        folder = URL(fileURLWithPath: data).appendingPathComponent("captures")
        clock = surroundings.clock
        timeZone = surroundings.timeZone
    }

    /// Writes a picture and the text of the screen, readable by nobody else: a screen shows what was sent.
    /// - Returns: where, without the ends of the two names.
    func keep(_ screen: ScreenBuffer) throws -> String {
        let files = FileManager.default
        try files.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let stem = freeName()
        for (suffix, contents) in [("svg", SVGPicture.make(screen)), ("txt", ScreenText.make(screen))] {
            let path = stem.appendingPathExtension(suffix).path
            try Self.create(path, Array(contents.utf8))
        }
        return "\(stem.path).svg and .txt"
    }

    /// Makes a new file: nothing that has its name, a symbolic link for instance, is written to or followed.
    private static func create(_ path: String, _ contents: [UInt8]) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw VersionedFile.problem("cannot be written", path) }
        defer { close(descriptor) }
        guard writeAll(contents[...], to: descriptor) else { throw VersionedFile.problem("cannot be written", path) }
    }

    /// The time as a name, with a number behind it where there is one of that second already.
    private func freeName() -> URL {
        let name = clock.wallTime.text(in: timeZone).replacing(" ", with: "-").replacing(":", with: "")
        let names = [name] + (2...1000).map { "\(name)-\($0)" }
        let free = names.first { name in
            ["svg", "txt"].allSatisfy { suffix in
                var status = stat()
                return lstat(folder.appendingPathComponent("\(name).\(suffix)").path, &status) != 0
            }
        }
        return folder.appendingPathComponent(free ?? name)
    }
}
