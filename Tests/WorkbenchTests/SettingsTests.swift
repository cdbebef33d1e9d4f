import Foundation
import TestSupport
import Testing

@Suite("Settings on screen", .timeLimit(.minutes(10)))
struct SettingsTests {
    private static let configuration = """
        # Ours.
        profile: mine
        deadline: 30s  # for all
        profiles:
          mine:
            # The demo is enough.
            server: "demo:"
            retry: {attempts: 3}
          theirs: {server: "demo:grpc", deadline: 9s}

        """

    private func session(columns: Int = 120, _ more: [String: String] = [:]) throws -> (
        PtySession, TemporaryFolder, String
    ) {
        let folder = try TemporaryFolder(["config.yaml": Self.configuration, "token": "s3cret-t0ken"])
        let path = "\(folder.path)/config.yaml"
        let session = try PtySession(
            columns: columns, environment: ["GREETER_TUI_CONFIG": path].merging(more) { $1 })
        try session.see("● healthy")
        return (session, folder, path)
    }

    private func contents(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test("ctrl-s keeps what was set in the profile, and everything else as it was; the next start has it")
    func keeps() throws {
        let (session, folder, path) = try session()
        defer { withExtendedLifetime(folder) {} }
        session.type(",")
        try session.see("max back-off")
        try session.see("profile mine of")
        // The deadline, and five fields below it the longest delay.
        session.type("7s\t\t\t\t\t\u{15}20s\u{13}")
        try session.see("✓ kept deadline, retry.max-backoff in profile mine of")
        try session.see("deadline 7s")
        #expect(
            try contents(path)
                == Self.configuration.replacing(
                    "retry: {attempts: 3}", with: "retry: {max-backoff: 20s, attempts: 3}\n    deadline: 7s"))
        session.type("q")
        #expect(try session.exit() == 0)
        let next = try PtySession(environment: ["GREETER_TUI_CONFIG": path])
        try next.see("deadline 7s")
        next.type("q")
        #expect(try next.exit() == 0)
    }

    @Test("a header and a token are set for the session; a secret is never written, and never seen")
    func secrets() throws {
        let (session, folder, path) = try session(columns: 300)
        defer { withExtendedLifetime(folder) {} }
        session.type(",")
        try session.see("max back-off")
        // Up from the first field: keep-alive, insecure, server name, client key, client cert, CA, token, header.
        session.type(String(repeating: "\u{1b}[Z", count: 8))
        try session.see("NAME: VALUE, for one more")
        session.type("Authorization: Bearer hunter2-hunter2")
        try session.see("hunter2")
        session.type("\teyJhbGciOi")
        try session.see("Authorization: [redacted]")
        try session.miss("hunter2")
        session.type("\t")
        try session.miss("eyJ")
        session.type("\r")
        try session.see("Authorization: say in the field 'token'")
        #expect(!session.text.contains("hunter2") && !session.text.contains("eyJ"))
        session.type("\u{15}X-Api-Key: hunter2-hunter2\t\u{15}file \(folder.path)/token\u{13}")
        // What is in the file now comes first: the line may be cut.
        try session.see(
            "kept token in profile mine of \(path); not kept, for this session only: headers: X-Api-Key may be a secret"
        )
        let written = try contents(path)
        #expect(!written.contains("hunter2") && !written.contains("s3cret"))
        #expect(written.contains("token:\n      file: \(folder.path)/token"))
        try session.see("● healthy")
        session.type("r")
        try session.see("✓ OK")
        session.type(",")
        try session.see("X-Api-Key: ")
        session.type("\u{1b}")
        try session.miss("max back-off")
        session.type("q")
        #expect(try session.exit() == 0)
        #expect(!session.text.contains("s3cret"))
    }

    @Test("a profile is gone over to in the server dialogue, and a file with a fault is said at its field")
    func profiles() throws {
        let (session, folder, _) = try session()
        defer { withExtendedLifetime(folder) {} }
        session.type("t")
        try session.see("profile:theirs")
        session.type("theirs\u{1b}[B\r")
        try session.see("deadline 9s")
        try session.see("grpc://")
        session.type(",")
        try session.see("profile theirs of")
        session.type(String(repeating: "\u{1b}[Z", count: 6))
        session.type("\u{15}/nowhere.pem\r")
        try session.see("✕ ")
        session.type("\u{1b}")
        try session.see("Leave the form")
        session.type("d")
        try session.miss("max back-off")
        session.type("q")
        #expect(try session.exit() == 0)
    }
}
