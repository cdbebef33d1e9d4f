import Dispatch
import Foundation
import Logging
import Plans
import RPCCore
import Synchronization
import TestSupport
import Testing

@testable import CallLogging

@Suite("The log of calls", .timeLimit(.minutes(10)))
struct CallLogTests {
    private static let clock = ManualClock()

    /// What is logged when events come.
    private func lines(
        _ level: Logger.Level, redaction: Redaction = Redaction(), _ events: [CallEvent]
    ) async throws -> [String] {
        var lines: [String] = []
        try await withFolder { folder in
            let log = try CallLog(path: "\(folder)/log", level: level, redaction: redaction, clock: Self.clock)
            let logger = EventLogger(EventLog(), to: log, call: 7)
            for event in events { await logger.observe(redaction.redacted(event)) }
            #expect(await log.finish(within: .seconds(50)) == nil)
            lines = (contents("\(folder)/log") ?? "").split(separator: "\n").map(String.init)
        }
        return lines
    }

    static let events: [CallEvent] = [
        .attemptStarted(Attempt(start: .seconds(5), wallTime: clock.wallTime)),
        .opened(
            ConnectionInfo(
                time: .seconds(5) + .milliseconds(2), transport: "WebSocket", route: "/ws",
                metadata: [
                    MetadataEntry("Set-Cookie", "s3cret"), MetadataEntry("X-Echo", "s3cret"),
                    MetadataEntry("server", "x"),
                ])),
        .sent([
            StreamMessage(
                number: 1, time: .seconds(5) + .milliseconds(3), size: 14, form: .textFrame,
                body: .request(HelloRequest(name: "Ana")), wire: #"{"name":"Ana"}"#)
        ]),
        .received([
            StreamMessage(
                number: 1, time: .seconds(6), size: 9, form: .textFrame,
                body: .reply(HelloReply(message: "Hello \u{1B}[2J\u{202E}\n s3cret")), answers: 1)
        ]),
        .acknowledged(upTo: 1),
        .attemptEnded(
            CallError(.unavailable, "the server said s3cret", at: .receive, closeCode: 1012), at: .seconds(7)),
        .ended(CallOutcome(delivery: Delivery(sent: 1, answered: 1, received: 1), time: .seconds(8), rule: "done")),
    ]

    private static let redaction = Redaction(secrets: [Secret("s3cret")], headers: [MetadataEntry("x-echo", "abc")])

    @Test("has calls, attempts and outcomes at info, and every request and reply at debug")
    func levels() async throws {
        let time = "2026-11-22T12:00:00.000Z"
        let info = [
            "\(time) info attempt attempt=1 call=7 elapsed=0.000000",
            #"\#(time) info opened call=7 elapsed=0.002000 headers="Set-Cookie: [redacted], X-Echo: [redacted], server: x" route=/ws transport=WebSocket"#,
            #"\#(time) info attempt failed at=receive call=7 cause="the server said [redacted]" close-code=1012 code=UNAVAILABLE elapsed=2.000000"#,
            "\(time) info ended answered=1 call=7 code=OK elapsed=3.000000 received=1 rule=done sent=1 uncertain=0",
        ]
        let debug = [
            #"\#(time) debug sent call=7 elapsed=0.003000 form="text frame" number=1 size=14 text="{\"name\":\"Ana\"}""#,
            #"\#(time) debug received answers=1 call=7 elapsed=1.000000 form="text frame" number=1 size=9 text="{\"message\":\"Hello \\u001b[2J\u202e\\n [redacted]\"}""#,
        ]
        #expect(try await lines(.info, redaction: Self.redaction, Self.events) == info)
        #expect(
            try await lines(.debug, redaction: Self.redaction, Self.events)
                == Array(info.prefix(2)) + debug + Array(info.suffix(2)))
        #expect(
            try await lines(.trace, redaction: Self.redaction, Self.events).contains(
                "\(time) trace acknowledged call=7 up-to=1"))
        #expect(try await lines(.warning, redaction: Self.redaction, Self.events).isEmpty)
    }

    @Test("a long text is cut")
    func long() async throws {
        let lines = try await lines(.info, [.notice(String(repeating: "x", count: 1_000_000))])
        #expect(lines.count == 1)
        #expect(lines[0].hasSuffix("xxx… (1000000 bytes)\""))
        #expect(lines[0].utf8.count < 5000)
    }

    @Test("what is too much to wait for the disk is left out, and is said to be; the call does not wait")
    func overflow() async throws {
        try await withFolder { folder in
            let log = CallLog(
                file: try LogFile(path: "\(folder)/log"), level: .info, redaction: Redaction(), clock: Self.clock,
                queueLimit: 2000)
            let gate = DispatchSemaphore(value: 0)
            log.submit(cost: 0) { _ in gate.wait() }
            let logger = EventLogger(EventLog(), to: log, call: 1)
            for number in 0..<10 { await logger.observe(.notice("\(number)")) }
            gate.signal()
            #expect(await log.finish(within: .seconds(50)) == nil)
            let lines = (contents("\(folder)/log") ?? "").split(separator: "\n")
            #expect(lines.count == 4)
            #expect(lines.last?.hasSuffix("warning left out, for the disk was too slow events=7") == true)
        }
    }

    @Test("the end waits for the disk no longer than it may")
    func lateEnd() async throws {
        try await withFolder { folder in
            let log = try CallLog(path: "\(folder)/log", level: .info, redaction: Redaction())
            let gate = DispatchSemaphore(value: 0)
            log.submit { _ in gate.wait() }
            let clock = ManualClock()
            async let problem = log.finish(within: .seconds(2), clock: clock)
            while clock.sleeperCount == 0 { await Task.yield() }
            clock.advance(by: .seconds(2))
            #expect(await problem == "\(folder)/log: not everything was written within 2s")
            gate.signal()
        }
    }

    @Test("calls are made, and what is sent with them is logged without its values")
    func transport() async throws {
        try await withFolder { folder in
            let headers = [MetadataEntry("X-Tenant", "blue"), MetadataEntry("Authorization", "Bearer s3cret")]
            let log = try CallLog(
                path: "\(folder)/log", level: .debug, redaction: Redaction(headers: headers), clock: Self.clock)
            let echo = EchoTransport(.answers, clock: Self.clock)
            let transport = InterceptedTransport(
                echo, [LogInterceptor(to: log, server: echo.server, headers: headers)])
            let events = EventLog()
            let outcome = await transport.perform(Call(.clientStream, PlanRun(names: ["Ana"])), observer: events)
            #expect(outcome.code == .ok)
            _ = try await transport.checkHealth(deadline: .seconds(1))
            #expect(await log.finish(within: .seconds(50)) == nil)
            let text = try #require(contents("\(folder)/log"))
            #expect(text.contains(#"headers="X-Tenant: [redacted], Authorization: [redacted]""#))
            #expect(text.contains(" info call call=1 deadline=30s "))
            #expect(text.contains(" debug sent call=1 "))
            #expect(text.contains(" info ended "))
            #expect(text.contains(" info healthy "))
            #expect(!text.contains("s3cret") && !text.contains("blue"))
        }
    }
}
