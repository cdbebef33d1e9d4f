import Foundation
import TerminalUI
import WorkbenchModel

/// The user's own editor, for a text of the program.
@MainActor
enum ExternalEditor {
    /// The most that is read of what it has written, in bytes.
    private static let limit = EditedText.limit

    /// What `VISUAL` or else `EDITOR` names; `vi` where neither does.
    static var command: String {
        let environment = ProcessInfo.processInfo.environment
        let named = [environment["VISUAL"], environment["EDITOR"]].compactMap { $0 }
        return named.first { !$0.allSatisfy(\.isWhitespace) } ?? "vi"
    }

    /// Lets the editor have the text, and gives what it has made of it. What could not be read again stays in its file, which is
    /// named.
    static func edit(_ text: String, on backend: any TerminalBackend) -> Result<String, FormFailure> {
        let (folder, file): (PrivateFolder, URL)
        do {
            folder = try PrivateFolder()
            file = URL(filePath: folder.path(of: "message.json"))
            try Data((text + "\n").utf8).write(to: file)
        } catch {
            return .failure(FormFailure("no file for the editor: \(error.localizedDescription)"))
        }
        let command = command
        guard let status = backend.run(command, on: file.path), status == 0 else {
            return .failure(kept("the editor '\(command)' could not be run or gave up", file, unless: text, in: folder))
        }
        switch read(file.path, limit: limit) {
        case .failure(let failure): return .failure(kept(failure.reason, file, unless: text, in: folder))
        case .success(let bytes):
            guard let edited = String(validating: bytes, as: UTF8.self) else {
                return .failure(kept("what the editor wrote is no UTF-8", file, unless: text, in: folder))
            }
            folder.remove()
            return .success(edited)
        }
    }

    /// Keeps the file of an editor that failed where there is something in it that is nowhere else.
    private static func kept(_ reason: String, _ file: URL, unless text: String, in folder: PrivateFolder)
        -> FormFailure
    {
        if let now = try? Data(contentsOf: file), now != Data((text + "\n").utf8) {
            return FormFailure("\(reason); what was typed is in \(file.path)")
        }
        folder.remove()
        return FormFailure(reason)
    }

    /// Reads a file that is not too large.
    nonisolated static func read(_ path: String, limit: Int) -> Result<[UInt8], FormFailure> {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            return .failure(FormFailure("no file can be read at \(path)"))
        }
        defer { try? handle.close() }
        do {
            let data = try handle.read(upToCount: limit + 1) ?? Data()
            guard data.count <= limit else {
                return .failure(FormFailure("\(path) has more than \(limit >> 20) MiB"))
            }
            return .success([UInt8](data))
        } catch {
            return .failure(FormFailure("\(path): \(error.localizedDescription)"))
        }
    }
}
