import Foundation
import TerminalUI
import TestSupport
import Testing
import WorkbenchModel

@testable import WorkbenchUI

@MainActor
@Suite("The user's own editor")
struct ExternalEditorTests {
    private func edit(_ status: Int32?, _ body: @escaping (String) throws -> Void) -> Result<String, FormFailure> {
        let backend = TestBackend(size: Size(columns: 80, rows: 24))
        backend.programs = { _, path in
            do { try body(path) } catch { return nil }
            return status
        }
        return ExternalEditor.edit("{}", on: backend)
    }

    @Test("what it has written is read, and its file is gone")
    func edited() throws {
        var place = ""
        let result = edit(0) { path in
            place = path
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "{}\n")
            try Data("{\"a\": 1}\n".utf8).write(to: URL(filePath: path))
        }
        #expect(result == .success("{\"a\": 1}\n"))
        #expect(!FileManager.default.fileExists(atPath: place) && !place.isEmpty)
    }

    @Test("where it gives up, what was typed is kept in its file, which is named")
    func failed() throws {
        var place = ""
        let result = edit(1) { path in
            place = path
            try Data("typed".utf8).write(to: URL(filePath: path))
        }
        guard case .failure(let failure) = result else { throw CancellationError() }
        #expect(failure.reason.contains(place))
        #expect(try String(contentsOfFile: place, encoding: .utf8) == "typed")
        try FileManager.default.removeItem(at: URL(filePath: place).deletingLastPathComponent())
    }

    @Test("what is no text, or too much of it, is kept in its file, too")
    func unreadable() throws {
        for bytes in [[0xFF, 0xFE], [UInt8](repeating: 32, count: EditedText.limit + 1)] {
            var place = ""
            let result = edit(0) { path in
                place = path
                try Data(bytes).write(to: URL(filePath: path))
            }
            guard case .failure(let failure) = result else { throw CancellationError() }
            #expect(failure.reason.contains(place))
            try FileManager.default.removeItem(at: URL(filePath: place).deletingLastPathComponent())
        }
    }
}
