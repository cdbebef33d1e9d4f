import CNCurses
import Foundation
import Testing

@Suite("Other programs on the terminal")
struct RunTests {
    @Test("a command has the path as its last argument, and its status is told")
    func status() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "run-\(UUID().uuidString) 'quoted'.txt")
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(cn_run("printf edited | tee", file.path) == 0)
        #expect(try String(contentsOf: file, encoding: .utf8) == "edited")
        #expect(cn_run("exit 3 #", file.path) == 3)
        #expect(cn_run("kill -9 $$ #", file.path) == 128 + 9)
        #expect(cn_run("no-such-editor-anywhere 2>/dev/null", file.path) == 127)
    }
}
