import Foundation
import Testing

/// What the order means in which the program puts the history, the log, retries and the redaction between a call and the wire.
@Suite("What stands between a call and the wire", .timeLimit(.minutes(10)))
struct InterceptorTests {
    private static let token = "t0ken-0123456789"

    /// Turns the first attempt down, and repeats the token each time.
    private static let answers: @Sendable (Int) -> [UInt8] = { number in
        let body = number == 0 ? #"{"detail":"not \#(token)"}"# : #"{"message":"Hello, \#(token)!"}"#
        let status = number == 0 ? "503 Service Unavailable" : "200 OK"
        return Array(
            // The server closes each connection; without a word of it the next attempt might still take this one.
            "HTTP/1.1 \(status)\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                .utf8)
    }

    @Test(
        "attempts are one call to the history and the log, each attempt is one to the redaction, and nobody is told a secret"
    )
    func order() async throws {
        let folder = try Folder()
        let environment = ["GREETER_TUI_TOKEN": Self.token, "HOME": folder.path, "XDG_STATE_HOME": folder.path]
        let result = try await withAnswers(Self.answers) { server in
            try await Executable.run(
                [
                    "call", "unary", "Ana", "--server", server, "--events", "--retry", "restart", "--repeat-post",
                    "--backoff", "1ms", "--log-level", "debug", "--log-file", "\(folder.path)/log",
                ], environment: environment)
        }
        #expect(result.status == 0, "\(result.errors)")
        let log = try #require(folder.read("log"))
        func count(_ text: String, in whole: String) -> Int { whole.components(separatedBy: text).count - 1 }

        // The log is before the retries: one call, of whose attempts it tells.
        #expect(count(" info call call=1 ", in: log) == 1 && count(" info call ", in: log) == 1)
        #expect(log.contains(" info attempt attempt=1 ") && log.contains(" info attempt attempt=2 "))
        #expect(count(" info attempt failed ", in: log) == 1 && count(" info retry ", in: log) == 1)
        #expect(count(" info ended ", in: log) == 1)

        // So is the history: one call, which has both attempts in it.
        let list = try await Executable.run(["history", "list", "--output", "json"], environment: environment)
        #expect(list.lines.count == 1 && list.output.contains(#""attempts":2"#), "\(list.output)")
        let record = try await Executable.run(["history", "export", "1"], environment: environment).output
        #expect(count(#""event":"attempt_started""#, in: record) == 2)

        // The redaction is below the retries, and hides something of each attempt; all others are told what it leaves.
        let notice = "is shown as [redacted]"
        for text in [result.output, log, record] { #expect(count(notice, in: text) == 2, "\(text)") }
        for text in [result.output, result.errors, log, record] {
            #expect(text.contains("[redacted]") && !text.contains("t0ken"), "\(text)")
        }
    }

    @Test("the health of a server is logged, and what it repeats is masked")
    func health() async throws {
        let folder = try Folder()
        let body = #"{"healthy":true,"message":"well, \#(Self.token)"}"#
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        let result = try await withAnswers({ _ in Array(answer.utf8) }) { server in
            try await Executable.run(
                ["doctor", "--server", server, "--log-level", "info", "--log-file", "\(folder.path)/log"],
                environment: ["GREETER_TUI_TOKEN": Self.token])
        }
        let log = try #require(folder.read("log"))
        #expect(log.contains(#" info healthy message="well, [redacted]" took="#), "\(log) \(result.errors)")
        #expect(!(log + result.output + result.errors).contains("t0ken"))
    }
}
