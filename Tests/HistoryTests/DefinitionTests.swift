import Foundation
import GRDB
import ProtobufSchema
import RPCCore
import Synchronization
import TestSupport
import Testing

@testable import History

/// A service that the program does not know, and a definition of it.
enum Shop {
    /// Reads any definition.
    static let reader: DefinitionReader = { bytes in
        guard let files = try? DescriptorSet.files(in: bytes) else { return nil }
        let schema = Schema(files)
        return { name in schema.message(name).map { DynamicMessageCodec($0, in: schema) } }
    }

    /// `Buy` takes an `Order` with an `id` and a `number`, which is a key of events, too, and gives one back.
    static func method(in package: String = "shop.v1") throws -> MethodSchema {
        let order = text(1, "Order") + part(2, field("id", 1, kind: 9)) + part(2, field("number", 2, kind: 9))
        let file = text(1, "\(package).proto") + text(2, package) + part(4, order) + text(12, "proto3")
        let lookup = try #require(reader(part(1, file)))
        let codec = try #require(lookup("\(package).Order"))
        return MethodSchema(
            MethodRef(service: "\(package).Shop", name: "Buy", kind: .bidirectional), input: codec, output: codec)
    }

    static func order(_ number: Int) -> MessageValue {
        MessageValue([.init("id", "order \(number)"), .init("number", "n\(number)")])
    }

    /// A call of it, over gRPC.
    static func call(_ method: MethodSchema, orders: ClosedRange<Int>) -> [CallEvent] {
        let encoder = MessageEncoder(method.input, .protobuf)
        let messages = { (role: StreamMessage.Role) in
            orders.compactMap { number in
                (try? encoder.payload(order(number))).map {
                    StreamMessage(
                        number: number, time: .zero, form: .grpcMessage, role: role, payload: $0,
                        answers: role == .response ? number : nil)
                }
            }
        }
        return [
            .sent(messages(.request)), .received(messages(.response)),
            Sample.ended(sent: orders.count, received: orders.count),
        ]
    }

    private static func field(_ name: String, _ number: UInt8, kind: UInt8) -> [UInt8] {
        text(1, name) + [3 << 3, number, 4 << 3, 1, 5 << 3, kind]
    }

    private static func text(_ number: UInt8, _ text: String) -> [UInt8] { part(number, Array(text.utf8)) }

    private static func part(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(bytes.count)] + bytes
    }
}

@Suite("Calls of methods that only their definitions tell of", .timeLimit(.minutes(10)))
struct DefinitionTests {
    @Test("their messages are read when nothing but the history is there, by definitions that are read once")
    func reading() async throws {
        let fixture = try HistoryFixture()
        let method = try Shop.method()
        let recording = fixture.store()
        let id = try await fixture.record(Shop.call(method, orders: 1...600), in: recording, of: method).id
        let usual = try await fixture.record([Sample.sent(1...1), Sample.ended(sent: 1, received: 0)], in: recording)
        await recording.close(within: .seconds(30))

        let reads = Mutex(0)
        let store = fixture.store { bytes in
            reads.withLock { $0 += 1 }
            return Shop.reader(bytes)
        }
        let call = try await store.call(id)
        #expect(call.method?.fullName == "shop.v1.Shop/Buy")
        for direction in Direction.allCases {
            let messages = try await store.transcript(of: call).read(direction, 1..<999)
            #expect(messages.map(\.payload.value) == (1...600).map { Shop.order($0) })
        }
        #expect(try await store.method(of: call).ref.kind == .bidirectional)
        var events: [CallEvent] = []
        for try await event in store.events(of: call) { events.append(event.event) }
        #expect(events == Shop.call(method, orders: 1...600))
        let transcript = store.transcript(of: call)
        #expect(try await TranscriptSearch(.received, of: transcript).first([.text("order 599")], from: 1) == 599)
        #expect(reads.withLock { $0 } == 1)

        // A call of what the program knows by itself is as before.
        let greeting = try await store.call(usual.id)
        #expect(greeting.method == nil)
        let sent = try await store.transcript(of: greeting).read(.sent, 1..<2)
        #expect(sent.map(\.body) == [.request(HelloRequest(name: "User 1", language: "en"))])
        #expect(try await store.calls(CallQuery(text: "shop.v1")).map(\.id) == [id])
    }

    @Test("the routes of a method come back with it, from the history and from a transcript")
    func routes() async throws {
        let fixture = try HistoryFixture()
        var method = try Shop.method()
        method.routes = [
            HTTPRoute("GET", "/v1/{id=orders/*}"), HTTPRoute("POST", "/v1/orders", body: "order", responseBody: "id"),
        ]
        method.routeStyle = .gateway
        let store = fixture.store()
        let call = try await fixture.record(Shop.call(method, orders: 1...2), in: store, of: method)
        let line = try TranscriptHeader(call, of: method).line()
        let header = try line.withUnsafeBytes { try TranscriptHeader(line: $0) }
        for found in [try await store.method(of: call), try header.method(usual: try Shop.method(), Shop.reader)] {
            #expect(found.routes == method.routes)
            #expect(found.routeStyle == .gateway)
        }
        // A style of a later program is the usual one.
        var later = method
        RoutesText(json: #"{"style":"tomorrow","routes":[]}"#)?.set(in: &later)
        #expect(later.routeStyle == .proto && later.routes.isEmpty)
    }

    @Test("a definition that cannot be read is said to be damaged, and the call stays in the list")
    func damage() async throws {
        let fixture = try HistoryFixture()
        let method = try Shop.method()
        let store = fixture.store { _ in nil }
        let call = try await fixture.record(Shop.call(method, orders: 1...2), in: store, of: method)
        let error = await #expect(throws: HistoryError.self) {
            try await store.transcript(of: call).read(.sent, 1..<3)
        }
        #expect(error?.kind == .damaged)
        #expect(try await store.calls().map(\.method?.name) == ["Buy"])
    }

    @Test("a definition is kept once, as long as a call has it, and its number is not used again")
    func pruning() async throws {
        let fixture = try HistoryFixture()
        let store = fixture.store()
        for package in ["shop.v1", "shop.v1", "shop.v2"] {
            let method = try Shop.method(in: package)
            try await fixture.record(Shop.call(method, orders: 1...3), in: store, of: method)
        }
        let definitions = { [store] in
            try await store.reading { db, _ in try Int64.fetchAll(db, sql: "SELECT id FROM definition ORDER BY id") }
        }
        #expect(try await definitions() == [1, 2])
        try await store.delete([1])
        #expect(try await definitions() == [1, 2])
        try await store.delete([3])
        #expect(try await definitions() == [1])
        try await store.delete([2])
        #expect(try await definitions() == [])
        let method = try Shop.method(in: "shop.v3")
        let call = try await fixture.record(Shop.call(method, orders: 1...3), in: store, of: method)
        #expect(try await definitions() == [3])
        let messages = try await store.transcript(of: call).read(.sent, 1..<4)
        #expect(messages.map(\.payload.value) == (1...3).map { Shop.order($0) })
    }

    @Test("an exported call has its definitions with it")
    func exchange() async throws {
        let fixture = try HistoryFixture()
        let (store, method) = (fixture.store(), try Shop.method())
        let call = try await fixture.record(Shop.call(method, orders: 1...3), in: store, of: method)
        let text = try await exported(call, from: store)
        let other = try HistoryFixture().store()
        var rest: [UInt8]? = Array(text.utf8)
        let imported = try await other.call(other.importTranscript("x.jsonl") { rest.take() })
        #expect(imported.method == call.method)
        let messages = try await other.transcript(of: imported).read(.sent, 1..<4)
        #expect(messages.map(\.payload) == Shop.call(method, orders: 1...3)[0].messages.map(\.payload))
        #expect(try await exported(imported, from: other) == text)

        var damaged: [UInt8]? = Array(text.replacing("shop.v1.Order", with: "shop.v1.Other").utf8)
        let error = await #expect(throws: HistoryError.self) {
            try await other.importTranscript("y.jsonl") { damaged.take() }
        }
        #expect(error?.description.contains("has a definition of shop.v1.Other that cannot be read") == true)
    }

    private func exported(_ call: RecordedCall, from store: HistoryStore) async throws -> String {
        var text = ""
        try await store.export(call, as: .jsonLines) { text += String(decoding: $0, as: UTF8.self) }
        return text
    }
}

extension CallEvent {
    fileprivate var messages: [StreamMessage] {
        switch self {
        case .sent(let messages), .received(let messages): messages
        default: []
        }
    }
}
