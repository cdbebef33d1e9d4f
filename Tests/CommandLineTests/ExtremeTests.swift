import Foundation
import TestSupport
import Testing

/// Whatever number stands in a flag, a file or a header: the program says what is wrong with it (exit status 2), or the call ends.
/// No signal ends the program. The texts that are tried are few, for each takes a process; all of them go through what reads
/// settings and answers in the tests of those parts.
@Suite("Numbers that nothing has", .serialized, .timeLimit(.minutes(10)))
struct ExtremeTests {
    struct Place: CustomTestStringConvertible, Sendable {
        var flag: String?
        var key: String?
        var unit = ""

        var testDescription: String { "\(flag ?? key ?? "")\(unit.isEmpty ? "" : " in ")\(unit)" }
    }

    static let places = [
        Place(flag: "--deadline", key: "deadline", unit: "s"),
        Place(flag: "--quiet-time", key: "quiet-time", unit: "h"),
        Place(flag: "--keep-alive", key: "grpc.keep-alive", unit: "m"),
        Place(flag: "--max-message-size", key: "max-message-size", unit: "GiB"),
        Place(flag: "--max-metadata-size", key: "grpc.max-metadata-size"),
        Place(flag: "--attempts", key: "retry.attempts"),
        Place(flag: "--backoff", key: "retry.backoff", unit: "us"),
        Place(flag: "--max-backoff", key: "retry.max-backoff", unit: "h"),
        Place(flag: "--multiplier", key: "retry.multiplier"),
        Place(
            flag: "--attempt-deadline", key: "retry.attempt-deadline",
            unit: "ms"),
        Place(flag: "--seed", key: "demo.seed"),
        Place(key: "retry.throttle.tokens"), Place(key: "retry.throttle.ratio"), Place(key: "history.age", unit: "h"),
        Place(key: "history.size"),
    ]

    @Test("In a setting, wherever it is written", arguments: places)
    func settings(_ place: Place) async throws {
        let folder = try TemporaryFolder([:])
        let path = "\(folder.path)/config.yaml"
        for number in Extremes.few {
            let value = number + place.unit
            if let flag = place.flag { try await expectEnd(["config", "show", "\(flag)=\(value)"]) }
            if let key = place.key {
                let parts = key.split(separator: ".")
                let lines = parts.enumerated().map { index, part in
                    String(repeating: "  ", count: index) + part + (index == parts.count - 1 ? ": '\(value)'" : ":")
                }
                try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
                try await expectEnd(["config", "show", "--config", path])
            }
        }
    }

    @Test(
        "In any other argument",
        arguments: [
            ["history", "list", "--limit", "N"], ["history", "list", "--before", "N"], ["history", "show", "N"],
            ["history", "export", "N"], ["history", "delete", "N"], ["call", "--again", "N"],
            ["call", "unary", "Ana", "--server", "http://127.0.0.1:N"],
            ["call", "unary", "Ana", "--server", "grpc://[::1]:N"], ["call", "unary", "Ana", "--fault", "delay=1s~Ns"],
            ["call", "unary", "Ana", "--fault", "drop-after=N"],
            ["call", "unary", "Ana", "--fault", "status=503,retry-after=N"],
        ])
    func arguments(_ arguments: [String]) async throws {
        let folder = try TemporaryFolder([:])
        for number in Extremes.few {
            let arguments = arguments.map { $0.replacing("N", with: number) }
            // An option's value may begin with a dash only behind an equals sign.
            let deadline = arguments[0] == "call" ? ["--deadline=2s", "--retry=off"] : []
            try await expectEnd(arguments + deadline, ["XDG_STATE_HOME": folder.path, "HOME": folder.path])
        }
    }

    @Test(
        "In a header of an answer, and in the stream",
        arguments: [
            "Retry-After: N", "grpc-retry-pushback-ms: N", "grpc-status: N", "Content-Length: N", "retry: N",
            "{\"code\":N,\"message\":\"x\"}", "{\"message\":\"x\",\"statusCode\":N}",
        ])
    func answers(_ form: String) async throws {
        for number in Extremes.few {
            let text = form.replacing("N", with: number)
            let isHeader = !form.hasPrefix("{") && form != "retry: N"
            for kind in form == "retry: N" ? ["server-stream"] : ["unary", "bidi"] {
                let isStream = kind == "server-stream" && !isHeader
                let body = form == "retry: N" ? "\(text)\n\ndata: {\n\n" : text
                let head =
                    isHeader
                    ? "HTTP/1.1 503 Service Unavailable\r\n\(text)\r\n"
                    : "HTTP/1.1 200 OK\r\nContent-Type: \(isStream ? "text/event-stream" : "application/json")\r\n"
                let isEvent = isStream && form != "retry: N"
                let content = isHeader ? "" : isEvent ? "data: \(body)\n\n" : body
                let answer = head + "Connection: close\r\n\r\n" + content
                try await withAnswers({ _ in Array(answer.utf8) }) { server in
                    try await expectEnd([
                        "call", kind, "Ana", "--server", server, "--deadline=3s", "--attempts=2", "--backoff=1ms",
                        "--retry-on=INTERNAL", "--no-history",
                    ])
                }
            }
        }
    }

    @Test(
        "A wait of a year is waited for, and ended by a signal",
        arguments: ["9223372036854775807", "9223372036854775806"])
    func longWait(seconds: String) async throws {
        let answer = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: \(seconds)\r\nContent-Length: 0\r\n\r\n"
        try await withAnswers({ _ in Array(answer.utf8) }) { server in
            let process = try Executable.start([
                "call", "bidi", "Ana", "--server", server, "--deadline", "none", "--events", "--no-history",
            ])
            process.closeInput()
            var line = await process.nextLine()
            while !line.isEmpty, !line.contains("retry_scheduled") { line = await process.nextLine() }
            #expect(line.contains("\"delay\":31536000"))
            process.send(SIGINT)
            #expect(await process.result().status == 130)
        }
    }

    private func expectEnd(_ arguments: [String], _ environment: [String: String] = [:]) async throws {
        let result = try await Executable.run(arguments, environment: environment)
        // 64 to 80 are the codes of calls, 128 and more the numbers of signals.
        #expect(result.status >= 0 && result.status <= 80, "\(arguments.map { $0.prefix(80) }) \(result)")
        #expect(result.status == 0 || !result.errors.isEmpty)
    }
}
