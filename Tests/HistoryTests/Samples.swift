import Foundation
import RPCCore
import Synchronization
import TestSupport
import Testing

@testable import History

/// A folder with a history in it.
struct HistoryFixture {
    let folder: TemporaryFolder
    let clock = ManualClock()
    let reports = Reports()

    init() throws {
        folder = try TemporaryFolder([:])
    }

    var path: String { "\(folder.path)/history.sqlite" }

    func store(
        limits: HistoryLimits = HistoryLimits(age: nil, bytes: nil), redaction: Redaction = Redaction(),
        folder other: String? = nil, definitions: @escaping DefinitionReader = Shop.reader
    ) -> HistoryStore {
        HistoryStore(
            folder: other ?? folder.path, of: Greeter.method, definitions: definitions, limits: limits,
            redaction: redaction, clock: clock
        ) { [reports] in
            reports.add($0)
        }
    }

    /// Records events as a call.
    /// - Returns: the number of the call.
    @discardableResult
    func record(
        _ events: [CallEvent], in store: HistoryStore, head: CallHead = .sample, of method: MethodSchema? = nil
    ) async throws -> RecordedCall {
        let log = EventLog()
        let recorder = await store.record(head, of: method, for: log)
        for event in events { await recorder.observe(event) }
        #expect(await store.finish(within: .seconds(30)))
        #expect(log.events == events)
        return try await store.call(#require(recorder.progress.written.call))
    }
}

/// What a store has said.
final class Reports: Sendable {
    private let state = Mutex<[HistoryStore.Report]>([])

    var all: [HistoryStore.Report] { state.withLock { $0 } }

    var problems: [HistoryError] {
        all.compactMap { report in if case .problem(let error) = report { error } else { nil } }
    }

    var findings: [String] {
        all.compactMap { report in if case .finding(let text) = report { text } else { nil } }
    }

    func add(_ report: HistoryStore.Report) {
        state.withLock { $0.append(report) }
    }
}

extension CallHead {
    static let sample = CallHead(
        server: "http://127.0.0.1:8010", kind: .bidirectional,
        options: CallOptions(
            deadline: .milliseconds(1500), deadlineStart: .halfClose, metadata: [MetadataEntry("x-trace", "abc")]),
        plan: "requests:\n- name: Ana\n", directory: "/plans")
}

/// Messages and events to record.
enum Sample {
    static func sent(_ numbers: ClosedRange<Int>, name: String = "User", at time: Duration = .zero) -> CallEvent {
        .sent(numbers.map { request($0, "\(name) \($0)", at: time) })
    }

    static func received(_ numbers: ClosedRange<Int>, at time: Duration = .zero) -> CallEvent {
        .received(numbers.map { reply($0, "Hello, User \($0)!", at: time) })
    }

    static func request(_ number: Int, _ name: String, at time: Duration = .zero) -> StreamMessage {
        let wire = "{\"name\":\"\(name)\",\"language\":\"en\"}"
        return StreamMessage(
            number: number, time: time, size: wire.utf8.count, form: .textFrame,
            body: .request(HelloRequest(name: name, language: "en")), wire: wire)
    }

    static func reply(_ number: Int, _ text: String, at time: Duration = .zero) -> StreamMessage {
        let wire = "{\"message\": \"\(text)\", \"language\": \"en\"}"
        return StreamMessage(
            number: number, time: time, size: wire.utf8.count, form: .textFrame,
            body: .reply(HelloReply(message: text, language: "en")), wire: wire, answers: number)
    }

    static func ended(sent: Int, received: Int, at time: Duration = .seconds(1)) -> CallEvent {
        .ended(
            CallOutcome(
                delivery: Delivery(sent: sent, answered: received, received: received), time: time,
                rule: "the server closed the stream (1000)"))
    }

    /// A call in which everything happens that can.
    static let everything: [CallEvent] = {
        let error = CallError(
            .unavailable, "connection \"lost\"\nafter 2", at: .receive, advice: "try again", isSafeToRetry: true,
            closeCode: 1011, pushback: .wait(.nanoseconds(1_500_000_001)), isRefusal: true,
            delivery: Delivery(sent: 3, answered: 1, refused: 1, unprocessed: 1, received: 1))
        let schedule = RetrySchedule(
            attempt: 2, maximumAttempts: 4, start: .nanoseconds(300_000_007), delay: .milliseconds(100),
            bound: .seconds(1), formula: "random(0, 1s)", firstRequest: 2,
            throttle: ThrottleLevel(tokens: 9.1, maximum: 10))
        let rule = Pairing(
            firstReply: 4, firstRequest: 2, ratio: 2, largestRatio: 6, answered: 3, contradiction: "\"odd\" replies")
        return [
            .notice("seed 7"),
            .attemptStarted(Attempt(start: .zero, wallTime: Date(timeIntervalSince1970: 1_795_348_800.123_456))),
            .opened(
                ConnectionInfo(
                    time: .nanoseconds(1_000_001), transport: "WebSocket", route: "/v1/helloworld/ws",
                    metadata: [MetadataEntry("server", "uvicorn"), MetadataEntry("x-none", "")])),
            .sent(oddRequests), .sent([request(oddRequests.count + 1, "Zoë 世界", at: .nanoseconds(2_000_003))]),
            .received(oddReplies), .acknowledged(upTo: 1), .attemptEnded(error, at: .milliseconds(200)),
            .retryScheduled(schedule),
            .attemptStarted(
                Attempt(
                    number: 2, start: .milliseconds(301), wallTime: Date(timeIntervalSince1970: 1_795_348_800.5))),
            .resent(2...3, at: .milliseconds(345)), .pinged(roundTrip: .nanoseconds(1_234_567), at: .milliseconds(350)),
            .paired(rule), .halfClosed(at: .milliseconds(400)), .serverFinished(at: .milliseconds(401)),
            .ended(
                CallOutcome(
                    error: CallError(.unknown, "x", at: .server, pushback: .stop),
                    delivery: Delivery(sent: 9, answered: 1, refused: 2, unprocessed: 3, received: 3),
                    time: .milliseconds(500),
                    rule: "the server closed", result: 1, trailers: [MetadataEntry("grpc-status", "2")], attempts: 2)),
        ]
    }()

    /// Requests of every form, with payloads that are theirs, spelled otherwise, or not known.
    private static let oddRequests: [StreamMessage] = [
        request(1, "Ana", at: .nanoseconds(1_500_000)),
        StreamMessage(
            number: 2, time: .nanoseconds(1_500_001), size: 17, form: .grpcMessage,
            body: .request(HelloRequest(name: "", language: nil))),
        StreamMessage(
            number: 3, time: .nanoseconds(1_400_000), size: 40, form: .jsonBody,
            body: .request(HelloRequest(name: "\"q\"\u{0}\u{1B}", language: nil)),
            wire: #"{"name":"\"q\"\u0000\u001b"}"#),
        StreamMessage(
            number: 4, time: .seconds(1), size: 8, form: .serverSentEvent,
            body: .request(HelloRequest(name: "a", language: "")), wire: #"{"n":"a"}"#),
        StreamMessage(
            number: 5, time: .seconds(1), size: 70_000, form: .textFrame,
            body: .request(HelloRequest(name: String(repeating: "x", count: 70_000), language: "en")),
            wire: String(repeating: "x", count: 70_000)),
    ]

    private static let oddReplies: [StreamMessage] = [
        reply(1, "Hello, Ana!", at: .nanoseconds(1_600_000)),
        StreamMessage(
            number: 2, time: .nanoseconds(1_600_000), size: 12, form: .textFrame, body: .refusal("name is empty"),
            wire: "{\"error\":\"name is empty\"}", answers: 7),
        StreamMessage(
            number: 3, time: .nanoseconds(1_600_000), size: 30, form: .textFrame,
            body: .markerEcho(HelloReply(message: "Hello, __end__!")), wire: "Hello, __end__!"),
        placed(4, AnswerPlace(replies: 0, refusals: 0)), placed(5, AnswerPlace(replies: 1, refusals: 0)),
        StreamMessage(
            number: 6, time: .nanoseconds(1_600_000), size: 12, form: .textFrame, body: .refusal("no"),
            place: AnswerPlace(replies: 2, refusals: 0)),
        placed(7, AnswerPlace(replies: 2, refusals: 1)), placed(8, AnswerPlace(replies: 900_000, refusals: 70_000)),
    ]

    /// A reply of a stream, which says which request it answers by its place.
    private static func placed(_ number: Int, _ place: AnswerPlace) -> StreamMessage {
        StreamMessage(
            number: number, time: .nanoseconds(1_600_000), size: 12, form: .grpcMessage,
            body: .reply(HelloReply(message: "Hello")), place: place)
    }
}
