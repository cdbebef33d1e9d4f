import Foundation
import TestSupport
import Testing

/// A server that repeats what it was told, in everything that it says: nothing of it is printed, logged or kept.
@Suite("Secrets that a server repeats", .timeLimit(.minutes(10)))
struct SecretTests {
    /// Long, so that a cut goes through them.
    static let token = "t0ken-" + String(repeating: "0123456789", count: 4)
    static let key = "k3y-" + String(repeating: "abcdefghij", count: 4)
    static let query = "qu3ry-" + String(repeating: "klmnopqrst", count: 4)
    /// How each begins.
    static let beginnings = ["t0ken", "k3y-", "qu3ry"]

    static var said: String { "\(token) \(key) \(query)" }
    static let padding = String(repeating: "x", count: 150)

    /// The kind of call, and how its server answers.
    static let answers: [(kind: String, answer: String)] = [
        ("unary", ok("application/json", #"{"message":"\#(said)","language":"\#(token)"}"#)),
        ("unary", ok("application/json", #"{"code":7,"message":"\#(padding)\#(said)\#(said)"}"#)),
        ("unary", ok("application/json", "\(padding)\(said)\(said)")),
        ("unary", status("401 Unauthorized", #"{"detail":"\#(padding)\#(said)"}"#)),
        ("unary", status("503 Unavailable", "\(padding)\(said)")),
        ("unary", status("307 Moved", "", "Location: http://h/?access_token=\(query)&x=\(token)\r\n")),
        ("server-stream", ok("text/event-stream", "data: {\"message\":\"\(said)\"}\n\n")),
        ("server-stream", ok("text/event-stream", "event: error\ndata: \(padding)\(said)\n\n")),
        ("server-stream", ok("text/html", "\(padding)\(said)")),
        ("bidi", status("403 Forbidden", #"{"error":"\#(padding)\#(said)"}"#)),
    ]

    private static func ok(_ type: String, _ body: String) -> String {
        status("200 OK", body, "Content-Type: \(type)\r\n")
    }

    private static func status(_ status: String, _ body: String, _ headers: String = "") -> String {
        "HTTP/1.1 \(status)\r\n\(headers)X-Echo: \(said)\r\ngrpc-note: \(token)\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test("They are masked on both outputs, in the log and in the history, and that is said once", arguments: answers)
    func masked(kind: String, answer: String) async throws {
        for output in [["--output", "json"], ["--output", "text"], ["--events"]] {
            let folder = try Folder()
            let log = "\(folder.path)/log"
            let environment = [
                "GREETER_TUI_TOKEN": Self.token, "HOME": folder.path, "XDG_STATE_HOME": folder.path,
            ]
            let result = try await withAnswers({ _ in Array(answer.utf8) }) { server in
                try await Executable.run(
                    [
                        "call", kind, "Ana", "--server", server, "--header", "X-Api-Key: \(Self.key)",
                        "--method", "/v1/helloworld?access_token=\(Self.query)", "--log-level", "trace",
                        "--log-file", log, "--retry", "off",
                    ] + output, environment: environment)
            }
            let exported = try await Executable.run(["history", "export", "1"], environment: environment)
            #expect(exported.status == 0)
            let written = [result.output, result.errors, try #require(folder.read("log")), exported.output]
            for (index, text) in written.enumerated() {
                for beginning in Self.beginnings { #expect(!text.contains(beginning), "\(index): \(text)") }
            }
            #expect((result.output + result.errors).contains("[redacted]"))
            let notices = result.errors.components(separatedBy: "is shown as [redacted]").count - 1
            #expect(notices == 1, "\(result.errors)")
        }
    }

    @Test("A route with a credential is masked where settings and errors are told")
    func settings() async throws {
        let folder = try Folder()
        try folder.write("routes:\n  unary: /x?token=\(Self.query)\n", to: "config.yaml")
        let shown = try await Executable.run(["config", "show", "--config", "\(folder.path)/config.yaml"])
        #expect(shown.status == 0)
        #expect(shown.output.contains("/x?token=[redacted]"))
        #expect(!shown.output.contains("qu3ry"))
        for wrong in [["--method", "x?token=\(Self.query)"], ["--server", "http://h/?token=\(Self.query)"]] {
            let result = try await Executable.run(["call", "unary", "Ana"] + wrong)
            #expect(result.status == 2)
            #expect(!result.errors.contains("qu3ry"), "\(result.errors)")
        }
    }
}
