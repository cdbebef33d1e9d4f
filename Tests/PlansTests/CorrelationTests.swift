import Foundation
import Plans
import ProtobufSchema
import RPCCore
import TestSupport
import Testing

@Suite("Replies that say which request they answer")
struct CorrelationTests {
    private static let schema: Schema? = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../ProtobufSchemaTests/Vectors/schemas.protoset")
        return (try? Data(contentsOf: file)).flatMap { try? DescriptorSet.files(in: [UInt8]($0)) }.map { Schema($0) }
    }()

    private func method() throws -> MethodSchema {
        let schema = try #require(Self.schema)
        let (said, heard) = (
            try #require(schema.message("demo.v1.Said")), try #require(schema.message("demo.v1.Heard"))
        )
        return MethodSchema(
            MethodRef(service: "demo.v1.Chat", name: "Talk", kind: .bidirectional),
            input: DynamicMessageCodec(said, in: schema), output: DynamicMessageCodec(heard, in: schema))
    }

    /// What is told of a call whose messages have these values for `correlation`.
    private func told(
        _ requests: [String], _ replies: [String], _ correlation: Correlation?
    ) async throws -> [CallEvent] {
        let method = try method()
        func messages(_ texts: [String], _ codec: any MessageCodec, _ role: StreamMessage.Role) -> [StreamMessage] {
            texts.enumerated().map { index, text in
                StreamMessage(
                    number: index + 1, time: .zero, form: .grpcMessage, role: role,
                    payload: Payload(MessageValue([.init("correlation", text)]), codec, .protobuf),
                    place: role == .request ? nil : AnswerPlace(replies: index, refusals: 0))
            }
        }
        let sent = messages(requests, method.input, .request)
        let received = messages(replies, method.output, .response)
        let log = EventLog()
        let plan = PlanRun(PlanDocument(correlate: correlation))
        _ = await CorrelationInterceptor().intercept(Call(method, plan, options: CallOptions()), observer: log) {
            _, observer in
            await observer.observe(.sent(sent))
            await observer.observe(.paired(Pairing()))
            await observer.observe(.received(received))
            return CallOutcome(delivery: Delivery(), time: .zero, rule: "the server said so")
        }
        return log.events
    }

    private func answers(_ events: [CallEvent]) -> [Int?] {
        events.flatMap { if case .received(let messages) = $0 { messages.map(\.answers) } else { [Int?]() } }
    }

    private func notices(_ events: [CallEvent]) -> [String] {
        events.compactMap { if case .notice(let text) = $0 { text } else { nil } }
    }

    @Test("a reply answers the request that has its value, in whatever order replies come, and order says nothing then")
    func pairs() async throws {
        let events = try await told(
            ["a", "b", "c"], ["c", "a", "a", "x"], Correlation(request: "correlation", reply: "correlation"))
        #expect(answers(events) == [3, 1, 1, nil])
        let rules: [Pairing] = events.compactMap { if case .paired(let rule) = $0 { rule } else { nil } }
        #expect(rules == [Pairing(correlation: Correlation(request: "correlation", reply: "correlation"))])
        #expect(
            notices(events) == ["reply 4 has a correlation that no known request has: it answers none"])
        for case .received(let messages) in events { #expect(messages.allSatisfy { $0.place == nil }) }
    }

    @Test("a value that two requests have says nothing any more, but for the replies that came before")
    func shared() async throws {
        let correlation = Correlation(request: "correlation", reply: "correlation")
        let events = try await told(["a", "b", "a", "c", "b"], ["b", "a", "c", "a"], correlation)
        #expect(answers(events) == [nil, nil, 4, nil])
        #expect(notices(events) == ["requests 1 and 3 have the same correlation: replies that have it answer neither"])
        let method = try method()
        let keys = ReplyKeys(correlation)
        func message(_ number: Int, _ role: StreamMessage.Role) -> StreamMessage {
            StreamMessage(
                number: number, time: .zero, form: .grpcMessage, role: role,
                payload: Payload(MessageValue([.init("correlation", "a")]), method.input, .protobuf))
        }
        keys.remember([message(1, .request)])
        #expect(keys.pair([message(1, .response)]).0.map(\.answers) == [1])
        // Sent once more it is the same request.
        #expect(keys.remember([message(1, .request)]) == nil)
        #expect(keys.pair([message(2, .response)]).0.map(\.answers) == [1])
        #expect(keys.remember([message(2, .request)]) != nil)
        #expect(keys.pair([message(3, .response)]).0.map(\.answers) == [nil])
        #expect(keys.answered.runs.map { $0 } == [1...1])
    }

    @Test("without a value a request is no pair of a reply without one, and nothing is said of that")
    func empty() async throws {
        let events = try await told(
            ["", "b", ""], ["", "b"], Correlation(request: "correlation", reply: "correlation"))
        #expect(answers(events) == [nil, 2])
        #expect(notices(events).isEmpty)
    }

    @Test("a number is the same key in every type of field")
    func numbers() throws {
        let schema = try #require(Self.schema)
        let codec = DynamicMessageCodec(try #require(schema.message("demo.v1.Book")), in: schema)
        let fields = (0..<(codec.shape?.count ?? 0)).compactMap { codec.shape?.field($0) }
        let wholes = fields.filter { field in
            guard case .scalar(let type) = field.value, field.presence != .repeated, field.presence != .map else {
                return false
            }
            return [.int32, .int64, .uint32, .uint64, .sint64, .fixed64].contains(type)
        }
        #expect(!wholes.isEmpty)
        for field in wholes {
            let payload = Payload(MessageValue([.init(field.name, "42")]), codec, .protobuf)
            #expect(payload.text(ofField: field.name) == "42", "\(field.name): \(field.typeText)")
        }
    }

    @Test("the newest keys are remembered, and no more of them than there is room for")
    func bound() throws {
        let method = try method()
        let keys = ReplyKeys(Correlation(request: "correlation", reply: "correlation"))
        func message(_ number: Int, _ key: String, _ role: StreamMessage.Role) -> StreamMessage {
            StreamMessage(
                number: number, time: .zero, form: .grpcMessage, role: role,
                payload: Payload(MessageValue([.init("correlation", key)]), method.input, .protobuf))
        }
        func answer(_ key: String) -> Int? { keys.pair([message(1, key, .response)]).0.first?.answers }
        for number in 1...ReplyKeys.limit + 1 { keys.remember([message(number, "k\(number)", .request)]) }
        #expect(answer("k1") == nil && answer("k2") == 2 && answer("k\(ReplyKeys.limit + 1)") == ReplyKeys.limit + 1)
        let long = String(repeating: "x", count: ReplyKeys.byteLimit / 2)
        for number in 100_001...100_003 { keys.remember([message(number, "\(number)" + long, .request)]) }
        #expect(answer("k\(ReplyKeys.limit + 1)") == nil)
        #expect(answer("100001" + long) == nil && answer("100003" + long) == 100_003)
    }

    @Test("fields by which replies could be given to requests are offered once sixteen have matched")
    func offers() async throws {
        let ids = (1...16).map { "id\($0)" }
        let offered = notices(try await told(ids, ids.reversed(), nil))
        #expect(offered.count == 1 && offered[0].contains("correlate: {request: correlation, reply: correlation}"))
        #expect(notices(try await told(ids, Array(ids.dropLast()), nil)).isEmpty)
        #expect(notices(try await told(ids, Array(ids.dropLast()) + ["x"], nil)).isEmpty)
        // What is the same in all of them says nothing.
        let same = [String](repeating: "a", count: 16)
        #expect(notices(try await told(same, same, nil)).isEmpty)
    }

    @Test("without a plan that says so, pairs by order are told as they were")
    func order() async throws {
        let events = try await told(["a", "b"], ["b", "a"], nil)
        #expect(answers(events) == [nil, nil])
        #expect(events.contains(.paired(Pairing())))
    }
}
