import DemoServer
import Foundation
import RPCCore
import TestSupport
import Testing

@Suite("Telemetry and chat behind the gateway's dialect", .timeLimit(.minutes(10)))
struct ServiceRouteTests {
    private static let record = "/v1/telemetry/record"
    private static let watch = "/v1/telemetry/watch"
    private static let windows = "/v1/telemetry/windows"
    private static let sensors = "/v1/telemetry/sensors/"
    private static let rooms = "/v1/chat/rooms"
    private static let talk = "/v1/chat/talk"

    // MARK: What there is

    @Test("services.json has every method with its messages, its kind and its route")
    func lists() async throws {
        try await withServer { server in
            let answer = try await exchange("GET", "/services.json", "", with: server)
            #expect(answer.hasPrefix("HTTP/1.1 200 \r\ncontent-type: application/json\r\n"))
            let services = try #require(
                try JSONSerialization.jsonObject(with: Self.body(of: answer)) as? [String: [String: [String: Any]]])
            #expect(
                services.mapValues { $0.keys.sorted() } == [
                    "Greeter": ["SayHello", "SayHelloBidiStream", "SayHelloClientStream", "SayHelloStreamReply"],
                    "Telemetry": ["Describe", "Record", "Watch", "Windows"], "Chat": ["Rooms", "Talk"],
                ])
            #expect(
                services["Telemetry"]?.compactMapValues { $0["streaming_type"] as? String } == [
                    "Describe": "unary", "Record": "client_streaming", "Watch": "server_streaming",
                    "Windows": "bidirectional_streaming",
                ])
            let describe = try #require(services["Telemetry"]?["Describe"])
            #expect(describe["input_type"] as? String == ".demo.telemetry.v1.DescribeRequest")
            #expect(describe["output_type"] as? String == ".demo.telemetry.v1.Sensor")
            #expect(describe["method_full_name"] as? String == "/demo.telemetry.v1.Telemetry/Describe")
            let path = Self.sensors + "{name}"
            #expect(describe["http"] as? [String: String] == ["method": "GET", "path": path])
            #expect(describe["options"] as? [String: [String: String]] == ["[google.api.http]": ["get": path]])
            let talk = ["method": "POST", "path": Self.talk, "body": "*"]
            #expect(services["Chat"]?["Talk"]?["http"] as? [String: String] == talk)
        }
    }

    // MARK: One request, one reply

    struct Unary: Sendable, CustomTestStringConvertible {
        var method = "GET"
        var path: String
        var body = ""
        var status = 200
        var headers = ""
        var answer: String

        var testDescription: String { "\(method) \(path) \(body) → \(status)" }
    }

    private static let mains =
        #"{"name":"mains","unit":2,"least":221,"greatest":239,"interval":"0.020s","#
        + #""installed":"2025-12-30T00:00:00Z","serial_number":9007199254740995,"#
        + #""tags":["power","cellar"],"labels":{"floor":"-1","site":"demo"}}"#
    private static let tea = #"{"name":"tea","topic":"Nothing in particular","members":["Tony"]}"#
    private static let noAttic = "There is no sensor 'attic', but boiler, door, mains, roof"

    static let calls = [
        // Original names, numbers for enums and for what a double cannot hold.
        Unary(path: sensors + "mains", answer: HTTPTests.success(mains)),
        Unary(path: sensors + "m%61ins?name=ignored", answer: HTTPTests.success(mains)),
        Unary(path: rooms + "?prefix=t&other=1", answer: HTTPTests.success(#"{"rooms":[\#(tea)]}"#)),
        Unary(path: rooms + "?prefix=x", answer: HTTPTests.success(#"{"rooms":[]}"#)),
        Unary(
            path: sensors + "attic", status: 404, headers: "grpc-status: 5\r\ngrpc-message: \(noAttic)\r\n",
            answer: #"{"detail":"\#(noAttic)"}"#),
        Unary(
            method: "POST", path: sensors + "mains", status: 405, headers: "allow: GET\r\n",
            answer: #"{"detail":"Method Not Allowed"}"#),
        Unary(path: sensors, status: 404, answer: #"{"detail":"Not Found"}"#),
        Unary(path: sensors + "mains/x", status: 404, answer: #"{"detail":"Not Found"}"#),
    ]

    @Test("a unary call is answered in the envelope, and a failure with its code", arguments: calls)
    func answers(_ call: Unary) async throws {
        try await withServer { server in
            let answer = try await exchange(call.method, call.path, call.body, with: server)
            #expect(
                answer == """
                    HTTP/1.1 \(call.status) \r\n\(call.headers)\(HTTPTests.json)\
                    content-length: \(call.answer.utf8.count)\r\nconnection: close\r\n\r\n\(call.answer)
                    """)
        }
    }

    // MARK: One request, many replies

    @Test("samples are watched as server-sent events, and the same in every run")
    func watches() async throws {
        try await withServer { server in
            let request = #"{"sensors":["roof"],"count":8,"raw":true}"#
            let answer = try await exchange("POST", Self.watch, request, with: server)
            let samples = try Self.events(in: answer)
            #expect(samples.count == 8)
            #expect(try await Self.events(in: exchange("POST", Self.watch, request, with: server)) == samples)
            #expect(samples[0].hasPrefix(#"{"sensor":"roof","value":"#))
            #expect(samples[0].contains(#""unit":1,"at":"2026-01-01T00:00:01Z","sequence":1,"quality":1,"#))
            // The seventh is doubtful, and says by how much; others say nothing of it.
            #expect(samples[6].contains(#""sequence":7,"quality":2,"tolerance":0.5,"#))
            #expect(samples[5].contains(#""sequence":6,"quality":1,"raw":"#))
            let usual = try await exchange("POST", Self.watch, "{}", with: server)
            #expect(try Self.events(in: usual).count == 10)
        }
    }

    @Test(
        "what cannot be watched is refused before the stream",
        arguments: [
            (#"{"count":"x"}"#, 422, #""loc":["body","count"]"#), (#"{"interval":"3601s"}"#, 400, "grpc-status: 3"),
            (#"{"sensors":["attic"]}"#, 404, "grpc-status: 5"), ("", 422, #""type":"missing""#),
            (#"{"count":4294967296}"#, 422, #""loc":["body","count"]"#),
        ])
    func refusesWatching(_ body: String, _ status: Int, _ reason: String) async throws {
        try await withServer { server in
            let answer = try await exchange("POST", Self.watch, body, with: server)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) \r\n") && answer.contains(reason), "\(answer)")
        }
    }

    // MARK: Many requests

    private static func sample(_ value: Int, _ more: String = "") -> [UInt8] {
        Frame.client(#"{"sensor":"a","value":\#(value)\#(more)}"#)
    }

    @Test("samples are summed up at the marker; enums are read by number, and names that are no field are passed over")
    func records() async throws {
        let sent = [
            Self.sample(2, #","quality":1,"bySensor":7,"labels":{"site":"x"}"#),
            Self.sample(4, #","quality":"QUALITY_GOOD""#), Frame.client(#"{"value":1}"#),
            Frame.client(#"{"sensor":"a","value":8,"quality":1,"sequence":"9007199254740993"}"#),
            WebSocketTests.marker,
        ]
        let messages = try await Self.messages(Self.record, sent)
        try #require(messages.count == 4)
        #expect(messages[0] == Self.invalid("quality: Input should be 0, 1, 2 or 3"))
        #expect(messages[1] == Self.invalid("sensor: A sample must name its sensor"))
        #expect(
            messages[2] == #"{"type":"response","data":{"count":2,"least":2,"greatest":8,"mean":5,"#
                + #""by_sensor":{"a":2},"by_quality":[{"quality":1,"count":2}],"others":0,"#
                + #""checksum":"y/Kc5IQiIyU="}}"#)
        #expect(messages[3] == #"{"type":"complete"}"#)
    }

    @Test("each sample is summed up by itself where each message is a call of its own")
    func recordsEach() async throws {
        let messages = try await Self.messages(
            Self.record, [Self.sample(2), Self.sample(4)], behaviour: .perMessage, count: 4)
        #expect(
            messages.map { $0.prefix(36) } == [
                #"{"type":"response","data":{"count":1"#, #"{"type":"complete"}"#,
                #"{"type":"response","data":{"count":1"#, #"{"type":"complete"}"#,
            ])
    }

    @Test("ten samples make a window, and the rest makes one at the end")
    func makesWindows() async throws {
        let messages = try await Self.messages(
            Self.windows, (1...12).map { Self.sample($0) } + [WebSocketTests.marker])
        let summaries = [
            #"{"type":"response","data":{"count":10,"least":1,"greatest":10,"mean":5.5,"#,
            #"{"type":"response","data":{"count":2,"least":11,"greatest":12,"mean":11.5,"#, #"{"type":"complete"}"#,
        ]
        #expect(messages.count == summaries.count)
        for (message, summary) in zip(messages, summaries) { #expect(message.hasPrefix(summary)) }
    }

    @Test("what is said in a room is heard, and others speak when nobody does")
    func talks() async throws {
        let clock = ManualClock()
        let server = try await DemoServer.start(DemoServerConfiguration(idleTimeout: .seconds(3600)), clock: clock)
        let stream = try await openStream(Self.talk, to: server)
        try await stream.send(Frame.client(#"{"correlation":"1","text":"early"}"#))
        try await stream.send(Frame.client(#"{"correlation":"2","join":{"room":"tea","name":"Ana"}}"#))
        var heard: [String] = []
        for _ in 1...3 { heard.append(try await stream.message()) }
        clock.advance(by: .seconds(2))
        heard.append(try await stream.message())
        try await stream.send(Frame.client(#"{"leave":{"reason":"lunch"}}"#) + WebSocketTests.marker)
        for _ in 1...2 { heard.append(try await stream.message()) }
        #expect(heard[0].contains(#""correlation":"1","number":1,"at":"2026-01-01T00:00:01Z","from":"server""#))
        #expect(heard[0].contains(#""refused":"Join a room"#))
        #expect(heard[1].contains(#""from":"Ana","joined":{"room":"tea","members":["Tony","Ana"]}"#))
        #expect(heard[2].contains(#""correlation":"","number":3,"#) && heard[2].contains(#""text":"Welcome, Ana!"#))
        #expect(heard[3].contains(#""from":"Tony","text":"There is no milk.""#))
        #expect(heard[4].contains(#""left":{"room":"tea","reason":"lunch","texts":0}"#))
        #expect(heard[5] == #"{"type":"complete"}"#)
        await server.stop()
    }

    // MARK: Faults

    @Test("the ordered faults strike these services as they strike the Greeter")
    func faults() async throws {
        try await withOrders(["error=2"]) { server in
            let answer = try await exchange("GET", Self.sensors + "roof", "", with: server)
            #expect(answer.hasPrefix("HTTP/1.1 500 "))
            let events = try Self.lines(in: try await exchange("POST", Self.watch, "{}", with: server))
            #expect(events.count == 6 && events[2] == "event: error")
            #expect(events[3] == #"data: {"error": "The service failed, as it was told to"}"#)
        }
        try await withOrders(["malformed=2"]) { server in
            let answer = try await exchange("POST", Self.watch, #"{"count":3}"#, with: server)
            let events = try Self.lines(in: answer)
            #expect(events.map { $0.hasSuffix("}") } == [true, false, true])
        }
        try await withOrders(["drop-after=2"]) { server in
            let answer = try await exchange("POST", Self.watch, "{}", with: server)
            #expect(try Self.lines(in: answer).count == 2 && !answer.hasSuffix("0\r\n\r\n"))
        }
        try await withOrders(["status=503,retry-after=2"]) { server in
            #expect(try await exchange("GET", "/services.json", "", with: server).hasPrefix("HTTP/1.1 200 "))
            let answer = try await exchange("GET", Self.rooms, "", with: server)
            #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("retry-after: 2\r\n"))
        }
        let failure = Frame.server(#"{"type":"error","error":"The service failed, as it was told to"}"#)
        for (order, last) in [
            ("error=2", failure + WebSocketTests.close1000), ("close=4000", Frame.server(Frame.close, [0x0F, 0xA0])),
            ("drop-after=2", []),
        ] {
            try await withOrders([order]) { server in
                let stream = try await openStream(Self.record, to: server)
                try await stream.send(Self.sample(1) + Self.sample(2))
                #expect(try await stream.receiveAll() == last, "\(order)")
            }
        }
    }

    // MARK: Reading

    private func withOrders(_ orders: [String], _ body: (DemoServer) async throws -> Void) async throws {
        try await withServer(DemoServerConfiguration(faults: try DemoFaults(parsing: orders)), body)
    }

    private static func invalid(_ reason: String) -> String {
        #"{"type":"error","error":"Invalid request: \#(reason)"}"#
    }

    /// What is sent and what comes back until the end, or so many messages.
    private static func messages(
        _ path: String, _ sent: [[UInt8]], behaviour: DemoServerConfiguration.Behaviour = .guide, count: Int? = nil
    ) async throws -> [String] {
        var messages: [String] = []
        try await withServer(DemoServerConfiguration(behaviour: behaviour)) { server in
            let stream = try await openStream(path, to: server)
            for bytes in sent { try await stream.send(bytes) }
            while messages.count < count ?? .max {
                messages.append(try await stream.message())
                if count == nil, messages.last == #"{"type":"complete"}"# { break }
            }
        }
        return messages
    }

    private static func body(of answer: String) throws -> Data {
        Data(try #require(answer.firstRange(of: "\r\n\r\n").map { answer[$0.upperBound...] }).utf8)
    }

    /// The data of server-sent events, a line each.
    private static func lines(in answer: String) throws -> [String] {
        answer.matches(of: /data: (.*?)\r\n/).map { String($0.1) }
    }

    private static func events(in answer: String) throws -> [String] {
        #expect(answer.hasPrefix(EventStreamTests.head) && answer.hasSuffix("\r\n0\r\n\r\n"))
        return try lines(in: answer)
    }
}

extension RawConnection {
    /// The text of the next frame of a server.
    fileprivate func message() async throws -> String {
        let head = try await receive(2)
        var length = Int(head[1])
        if length == 126 { length = try await receive(2).reduce(0) { $0 << 8 | Int($1) } }
        return String(decoding: try await receive(length), as: UTF8.self)
    }
}
