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
        #expect(!events.contains { if case .paired = $0 { true } else { false } })
        #expect(notices(events).count == 1 && notices(events)[0].contains("a reply has no request"))
        for case .received(let messages) in events { #expect(messages.allSatisfy { $0.place == nil }) }
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
