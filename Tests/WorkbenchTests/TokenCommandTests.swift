import Foundation
import TestSupport
import Testing

@Suite("A token command on a terminal", .timeLimit(.minutes(10)))
struct TokenCommandTests {
    /// Asks as programs ask for a passphrase: at the terminal, without an echo.
    private func session() throws -> (PtySession, TemporaryFolder) {
        let command =
            "stty -echo </dev/tty; printf Passphrase: >/dev/tty; read word </dev/tty; stty echo </dev/tty; echo $word"
        let folder = try TemporaryFolder(["config.yaml": "token: {command: '\(command)'}"])
        let session = try PtySession(
            ["call", "unary", "Ana", "--no-history"],
            environment: ["GREETER_TUI_CONFIG": "\(folder.path)/config.yaml"])
        return (session, folder)
    }

    @Test("a passphrase is typed, and nothing of it is shown")
    func passphrase() throws {
        let (session, folder) = try session()
        defer { withExtendedLifetime(folder) {} }
        let settings = session.settings.c_lflag
        try session.see("Passphrase:")
        session.type("s3cret\n")
        try session.see("Hello, Ana!")
        #expect(try session.exit() == 0)
        #expect(!session.text.contains("s3cret"))
        #expect(session.settings.c_lflag == settings)
    }

    @Test("an interrupt at the question ends the program, and leaves the terminal as it was")
    func interrupt() throws {
        let (session, folder) = try session()
        defer { withExtendedLifetime(folder) {} }
        let settings = session.settings.c_lflag
        try session.see("Passphrase:")
        session.type("\u{3}")
        #expect(try session.exit() == -SIGINT)
        #expect(session.settings.c_lflag == settings)
    }
}
