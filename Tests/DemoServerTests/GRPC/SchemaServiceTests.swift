import DemoServer
import GRPCWire
import Greeter
import HTTP2Session
import NIOCore
import ProtobufSchema
import RPCCore
import TestSupport
import Testing

/// What the demo server's other services say, in JSON by their descriptors.
enum Described {
    static let schema = Schema((try? DescriptorSet.files(in: ServiceDescriptors.set)) ?? [])

    /// The message of a method's side, from JSON.
    static func framed(_ type: String, _ json: String) throws -> [UInt8] {
        let descriptor = try #require(schema.message(type))
        let text = Array(json.utf8)
        let message = try text.withUnsafeBytes { try DynamicMessage(descriptor, json: $0, in: schema) }
        var bytes: [UInt8] = []
        message.appendWire(to: &bytes, in: schema)
        return Message.framed(bytes)
    }

    static func json(_ type: String, _ bytes: [UInt8]) throws -> String {
        let descriptor = try #require(schema.message(type))
        let message = try bytes.withUnsafeBytes { try DynamicMessage(descriptor, wire: $0, in: schema) }
        var text: [UInt8] = []
        try message.appendJSON(to: &text, in: schema)
        return String(decoding: text, as: UTF8.self)
    }
}

extension ManualClock {
    /// Waits until somebody waits for a later time.
    func untilSleeping() async throws {
        while sleeperCount == 0 { try await Task.sleep(for: .milliseconds(1)) }
    }
}

extension GRPCProbe {
    /// Calls a method with requests in JSON.
    func call(_ method: String, json requests: [String]) async throws -> Answer {
        try await call("/" + method, try requests.map { try Described.framed(Self.types(of: method).input, $0) })
    }

    static func types(of method: String) throws -> (input: String, output: String) {
        let method = try #require(Described.schema.services.flatMap(\.methods).first { $0.fullName == method })
        return (method.input, method.output)
    }
}

extension Answer {
    /// The replies of a method in JSON.
    func json(_ method: String) throws -> [String] {
        try messages.map { try Described.json(GRPCProbe.types(of: method).output, $0) }
    }
}

@Suite("Telemetry over gRPC", .timeLimit(.minutes(10)))
struct TelemetryTests {
    private static let service = "demo.telemetry.v1.Telemetry/"
    private static let record = service + "Record"
    private static let watch = service + "Watch"
    private static let windows = service + "Windows"
    private static let describe = service + "Describe"

    @Test("samples are summed up: by sensor, by quality, between two times, and with a checksum of their registers")
    func records() async throws {
        try await withProbe { probe in
            let samples = [
                #"{"sensor":"a","value":2,"at":"2026-01-01T00:00:02Z","quality":"QUALITY_GOOD","raw":"YQ=="}"#,
                #"{"sensor":"b","value":-4,"at":"2026-01-01T00:00:01.5Z","quality":77}"#,
                #"{"sensor":"a","value":8,"quality":"QUALITY_GOOD"}"#,
            ]
            let answer = try await probe.call(Self.record, json: samples)
            #expect(answer.status == "0")
            // The checksum is that of FNV-1a for "a" (http://www.isthe.com/chongo/tech/comp/fnv): af63dc4c8601ec8c.
            #expect(
                try answer.json(Self.record) == [
                    #"{"count":"3","least":-4,"greatest":8,"mean":2,"bySensor":{"a":"2","b":"1"},"#
                        + #""byQuality":[{"quality":-1,"count":"1"},{"quality":"QUALITY_GOOD","count":"2"}],"#
                        + #""first":"2026-01-01T00:00:01.500Z","last":"2026-01-01T00:00:02Z","checksum":"r2PcTIYB7Iw="}"#
                ])
        }
    }

    @Test("of more sensors than have room only the number is kept")
    func bounds() async throws {
        try await withProbe { probe in
            let answer = try await probe.call(Self.record, json: (1...70).map { #"{"sensor":"s\#($0)","value":1}"# })
            let summary = try #require(try answer.json(Self.record).first)
            #expect(summary.contains(#""count":"70""#) && summary.contains(#""others":"6""#))
        }
    }

    @Test(
        "what is no sample is refused by the name of the field",
        arguments: [
            (#"{"value":1}"#, "sensor: A sample must name its sensor"),
            (#"{"sensor":"a","value":"NaN"}"#, "value: It must be a finite number"),
        ])
    func refuses(_ sample: String, _ reason: String) async throws {
        try await withProbe { probe in
            let answer = try await probe.call(Self.record, json: [sample])
            #expect(answer.status == "3" && answer.message == reason)
        }
    }

    @Test("ten samples make a window, and the rest makes one at the end")
    func makesWindows() async throws {
        try await withProbe { probe in
            let answer = try await probe.call(
                Self.windows, json: (1...23).map { #"{"sensor":"a","value":\#($0)}"# })
            let summaries = try answer.json(Self.windows)
            let expected = [
                #"{"count":"10","least":1,"greatest":10,"mean":5.5,"#,
                #"{"count":"10","least":11,"greatest":20,"mean":15.5,"#,
                #"{"count":"3","least":21,"greatest":23,"mean":22,"#,
            ]
            #expect(summaries.count == expected.count)
            for (summary, beginning) in zip(summaries, expected) { #expect(summary.hasPrefix(beginning)) }
        }
    }

    @Test("sensors are watched in turn, as often as is asked for, and the same in every run")
    func watches() async throws {
        try await withProbe { probe in
            let request = #"{"sensors":["boiler","roof"],"count":40,"raw":true}"#
            let answer = try await probe.call(Self.watch, json: [request])
            let samples = try answer.json(Self.watch)
            #expect(samples.count == 40 && answer.status == "0")
            #expect(try await probe.call(Self.watch, json: [request]).json(Self.watch) == samples)
            #expect(samples[0].hasPrefix(#"{"sensor":"boiler","value":"#) && samples[0].contains(#""raw":""#))
            #expect(samples[1].hasPrefix(#"{"sensor":"roof","value":"#))
            #expect(samples[3].contains(#""at":"2026-01-01T00:00:04Z","sequence":"2""#))
            // The seventh of each is doubtful, and says by how much.
            #expect(samples[12].contains(#""quality":"QUALITY_SUSPECT","tolerance":0.5"#))
            let usual = try await probe.call(Self.watch, json: ["{}"])
            #expect(try usual.messages.count == 10)
        }
    }

    @Test("samples are as far apart in time as is asked for")
    func paces() async throws {
        let clock = ManualClock()
        let server = try await DemoServer.start(clock: clock)
        try await GRPCProbe.run(to: server.grpcAddress.port) { probe in
            let stream = probe.open("/" + Self.watch)
            let request = try Described.framed("demo.telemetry.v1.WatchRequest", #"{"count":2,"interval":"3600s"}"#)
            try await stream.write(ByteBuffer(bytes: request), ends: true)
            let answering = Task { try await Answer(of: stream) }
            for _ in 1...2 {
                try await clock.untilSleeping()
                clock.advance(by: .seconds(3600))
            }
            #expect(try await answering.value.messages.count == 2)
        }
        await server.stop()
    }

    @Test(
        "what cannot be watched is refused",
        arguments: [
            (#"{"sensors":["cellar"]}"#, "5"), (#"{"interval":"3601s"}"#, "3"), (#"{"interval":"-1s"}"#, "3"),
            (#"{"sensors":[""]}"#, "3"),
        ])
    func refusesWatching(_ request: String, _ status: String) async throws {
        try await withProbe { probe in
            let answer = try await probe.call(Self.watch, json: [request])
            #expect(answer.status == status)
        }
    }

    @Test("a sensor is described, and one that is not there is not found")
    func describes() async throws {
        try await withProbe { probe in
            let answer = try await probe.call(Self.describe, json: [#"{"name":"mains"}"#])
            #expect(
                try answer.json(Self.describe) == [
                    #"{"name":"mains","unit":"UNIT_VOLT","least":221,"greatest":239,"interval":"0.020s","#
                        + #""installed":"2025-12-30T00:00:00Z","serialNumber":"9007199254740995","#
                        + #""tags":["power","cellar"],"labels":{"floor":"-1","site":"demo"}}"#
                ])
            let other = try await probe.call(Self.describe, json: [#"{"name":"attic"}"#])
            #expect(other.status == "5" && other.message?.contains("boiler, door, mains, roof") == true)
        }
    }

    @Test("the ordered faults strike these services as they strike the Greeter")
    func faults() async throws {
        let samples = (1...3).map { #"{"sensor":"a","value":\#($0)}"# }
        for (order, method, requests) in [
            ("error=2", Self.record, samples), ("error=2", Self.watch, ["{}"]),
            ("error=2", Self.describe, [#"{"name":"roof"}"#]),
        ] {
            try await withProbe([order]) { probe in
                let answer = try await probe.call(method, json: requests)
                #expect(answer.status == "2" && answer.message == "The service failed, as it was told to")
                #expect(try answer.messages.count == (method == Self.watch ? 2 : 0))
            }
        }
        try await withProbe(["status=503"]) { probe in
            let answer = try await probe.call(Self.record, json: samples)
            #expect(answer.status == "14")
        }
        try await withProbe(["drop-after=2"]) { probe in
            let answer = try await probe.call(Self.watch, json: ["{}"])
            #expect(answer.ending == "connection lost")
        }
        try await withProbe(["malformed=2"]) { probe in
            let messages = try await probe.call(Self.watch, json: [#"{"sensors":["roof"]}"#]).messages
            #expect(messages.count == 10)
            #expect(throws: (any Error).self) { try Described.json("demo.telemetry.v1.Sample", messages[1]) }
        }
    }

    @Test(
        "replies come as late as is ordered, one by one",
        arguments: [(describe, #"{"name":"roof"}"#, 1), (watch, #"{"count":2}"#, 2), (windows, #"{"sensor":"a"}"#, 1)])
    func delays(_ method: String, _ request: String, _ count: Int) async throws {
        let clock = ManualClock()
        let faults = try DemoFaults(parsing: ["delay=60s"])
        let server = try await DemoServer.start(DemoServerConfiguration(faults: faults), clock: clock)
        try await GRPCProbe.run(to: server.grpcAddress.port) { probe in
            let answering = Task { try await probe.call(method, json: [request]) }
            for _ in 1...count {
                try await clock.untilSleeping()
                clock.advance(by: .seconds(60))
            }
            #expect(try await answering.value.messages.count == count)
        }
        await server.stop()
    }

    @Test("bytes that are no sample end the call with what is wrong")
    func refusesBytes() async throws {
        try await withProbe { probe in
            let answer = try await probe.call("/" + Self.record, [Message.framed([0x0A, 5, 1])])
            #expect(answer.status == "13")
            #expect(answer.message?.contains("is no demo.telemetry.v1.Sample") == true)
        }
    }
}

@Suite("Chat over gRPC", .timeLimit(.minutes(10)))
struct ChatTests {
    private static let talk = "demo.chat.v1.Chat/Talk"
    private static let rooms = "demo.chat.v1.Chat/Rooms"

    @Test("what is said is heard with its correlation, and others say more than they are asked")
    func talks() async throws {
        try await withProbe { probe in
            let answer = try await probe.call(
                Self.talk,
                json: [
                    #"{"correlation":"1","text":"too early"}"#, #"{"correlation":"2","join":{"room":"nowhere"}}"#,
                    #"{"correlation":"3","join":{"room":"ops","name":"Ana"}}"#, #"{"correlation":"4","text":"a"}"#,
                    #"{"correlation":"5","text":"b"}"#, #"{"text":"c"}"#, #"{"correlation":"7"}"#,
                    #"{"correlation":"8","leave":{"reason":"lunch"}}"#, #"{"correlation":"9","leave":{}}"#,
                ])
            #expect(answer.status == "0")
            let heard = try answer.json(Self.talk).map { json in
                // Without the number and the time, which are counted.
                json.replacing(/"number":"\d+","at":"2026-01-01T00:00:\d\dZ",/, with: "")
            }
            #expect(
                heard == [
                    #"{"correlation":"1","from":"server","refused":"Join a room before you say something"}"#,
                    #"{"correlation":"2","from":"server","refused":"There is no room 'nowhere'"}"#,
                    #"{"correlation":"3","from":"Ana","joined":{"room":"ops","members":["Grace","Leslie","Barbara","Ana"]}}"#,
                    #"{"from":"Grace","text":"Welcome, Ana! What is on fire."}"#,
                    #"{"correlation":"4","from":"Ana","text":"a"}"#, #"{"correlation":"5","from":"Ana","text":"b"}"#,
                    #"{"from":"Ana","text":"c"}"#, #"{"from":"Leslie","text":"You have said 3 things, Ana."}"#,
                    #"{"correlation":"7","from":"server","refused":"join, text or leave must be given"}"#,
                    #"{"correlation":"8","from":"Ana","left":{"room":"ops","reason":"lunch","texts":3}}"#,
                    #"{"correlation":"9","from":"server","refused":"You are in no room"}"#,
                ])
        }
    }

    @Test("who is silent in a room hears others speak by themselves, and is still heard")
    func speaks() async throws {
        let clock = ManualClock()
        let server = try await DemoServer.start(clock: clock)
        try await GRPCProbe.run(to: server.grpcAddress.port) { probe in
            let stream = probe.open("/" + Self.talk)
            func say(_ json: String, ends: Bool = false) async throws {
                try await stream.write(
                    ByteBuffer(bytes: try Described.framed("demo.chat.v1.Said", json)), ends: ends)
            }
            try await say(#"{"join":{}}"#)
            let answering = Task { try await Answer(of: stream) }
            for _ in 1...2 {
                try await clock.untilSleeping()
                clock.advance(by: .seconds(2))
            }
            try await clock.untilSleeping()
            try await say(#"{"correlation":"x","leave":{}}"#, ends: true)
            let heard = try await answering.value.json(Self.talk)
            #expect(heard.count == 5)
            #expect(heard[2].contains(#""from":"Ada","text":"Is anybody there?""#))
            #expect(heard[3].contains(#""from":"Edsger","text":"I have been waiting for a reply.""#))
            #expect(heard[4].contains(#""correlation":"x""#))
        }
        await server.stop()
    }

    @Test("rooms are listed by how their names begin", arguments: [("", 3), ("t", 1), ("x", 0)])
    func lists(_ prefix: String, _ count: Int) async throws {
        try await withProbe { probe in
            let answer = try await probe.call(Self.rooms, json: [#"{"prefix":"\#(prefix)"}"#])
            let list = try #require(try answer.json(Self.rooms).first)
            #expect(list.split(separator: #""topic""#).count == count + 1, "\(list)")
        }
    }
}
