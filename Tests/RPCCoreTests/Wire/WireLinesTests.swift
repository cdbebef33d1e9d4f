import Foundation
import Testing

@testable import RPCCore

@Suite("The wire as JSON Lines")
struct WireLinesTests {
    /// One record of each fact, and its line behind the time.
    static let samples: [(WireRecord, String)] = [
        (
            record(.connected(WireConnection(address: "h:443", tls: "TLS 1.3", alpn: "h2"))),
            #""fact":"connected","connection":1,"address":"h:443","tls":"TLS 1.3","alpn":"h2","was_open":false}"#
        ),
        (
            record(.closed(reason: "over")), #""fact":"closed","connection":1,"text":"over"}"#
        ),
        (
            record(.violation("PROTOCOL_ERROR: bad"), .received, 3),
            #""fact":"violation","connection":1,"direction":"received","stream":3,"text":"PROTOCOL_ERROR: bad"}"#
        ),
        (
            record(.messages(WireMessages(first: 5, count: 2, bytes: 100, encodedBytes: 40)), .sent, 1),
            #""fact":"messages","connection":1,"direction":"sent","stream":1,"first":5,"count":2,"bytes":100,"encoded_bytes":40}"#
        ),
        (
            record(.frame(WireFrame(type: 6, flags: 1, length: 8)), .sent),
            #""fact":"frame","connection":1,"direction":"sent","type":"PING","length":8,"flags":["ACK"]}"#
        ),
        (
            record(
                .frame(
                    WireFrame(
                        type: 1, flags: 5, length: 64, content: .headers([MetadataEntry(":status", "200")], size: 211))),
                .received, 1),
            #""fact":"frame","connection":1,"direction":"received","stream":1,"type":"HEADERS","length":64,"flags":["END_STREAM","END_HEADERS"],"size":211,"fields":[{"name":":status","value":"200"}]}"#
        ),
        (
            record(
                .frame(
                    WireFrame(
                        type: 4, flags: 0, length: 12, content: .settings([WireSetting(4, 7), WireSetting(42, 1)]))),
                .received),
            #""fact":"frame","connection":1,"direction":"received","type":"SETTINGS","length":12,"flags":[],"settings":{"INITIAL_WINDOW_SIZE":7,"0x2a":1}}"#
        ),
        (
            record(.frame(WireFrame(type: 8, flags: 0, length: 4, content: .window(increment: 9, now: 10))), .sent, 1),
            #""fact":"frame","connection":1,"direction":"sent","stream":1,"type":"WINDOW_UPDATE","length":4,"flags":[],"increment":9,"window":10}"#
        ),
        (
            record(
                .frame(
                    WireFrame(
                        type: 7, flags: 0, length: 22, content: .goAway(code: 11, lastStream: 1, text: "too\u{1B}many"))
                ),
                .received),
            #""fact":"frame","connection":1,"direction":"received","type":"GOAWAY","length":22,"flags":[],"code":11,"error":"ENHANCE_YOUR_CALM","last_stream":1,"text":"too\u001bmany"}"#
        ),
        (
            record(.frame(WireFrame(type: 3, flags: 0x80, length: 4, content: .reset(code: 99))), .received, 1),
            #""fact":"frame","connection":1,"direction":"received","stream":1,"type":"RST_STREAM","length":4,"flags":["0x80"],"code":99,"error":"99"}"#
        ),
        (
            record(
                .data(WireData(frames: 3, bytes: 300, endsStream: true, streamWindow: nil, connectionWindow: 5)), .sent,
                1),
            #""fact":"frame","connection":1,"direction":"sent","stream":1,"type":"DATA","length":300,"flags":["END_STREAM"],"frames":3,"connection_window":5}"#
        ),
        (
            record(
                .standing(
                    WireStanding(
                        sendWindow: 1, receiveWindow: 2,
                        streams: [.init(id: 1, sendWindow: 0, receiveWindow: 4, queued: 5)],
                        settings: [WireSetting(3, 100)], ownSettings: []))),
            #""fact":"standing","connection":1,"send_window":1,"receive_window":2,"settings":{"MAX_CONCURRENT_STREAMS":100},"own_settings":{},"streams":[{"stream":1,"send_window":0,"receive_window":4,"waiting":5}]}"#
        ),
        (
            record(.stallBegan(.streamWindow, bytes: 12), .sent, 1),
            #""fact":"stall_began","connection":1,"direction":"sent","stream":1,"for":"stream_window","bytes":12}"#
        ),
        (
            record(.stallEnded(.connectionWindow, after: .milliseconds(38)), .sent, 1),
            #""fact":"stall_ended","connection":1,"direction":"sent","stream":1,"for":"connection_window","seconds":0.038000}"#
        ),
        (
            record(.queued(waiting: 2, limit: 1)), #""fact":"queued","connection":1,"waiting":2,"limit":1}"#
        ),
        (
            record(.roundTrip(.microseconds(400))), #""fact":"round_trip","connection":1,"seconds":0.000400}"#
        ),
        (
            record(.streamClosed, nil, 1), #""fact":"stream_closed","connection":1,"stream":1}"#
        ),
        (
            record(
                .webSocket(WebSocketRun(opcode: 8, isMasked: true, bytes: 9, closeCode: 1000, reason: "done")), .sent),
            #""fact":"websocket","connection":1,"direction":"sent","opcode":8,"type":"close","length":9,"final":true,"masked":true,"frames":1,"code":1000,"reason":"done"}"#
        ),
        (
            record(.request(method: "GET", target: "/x", fields: [MetadataEntry("Host", "h")]), .sent),
            #""fact":"request","connection":1,"direction":"sent","method":"GET","target":"/x","fields":[{"name":"Host","value":"h"}]}"#
        ),
        (
            record(.response(status: 101, reason: "Switching", fields: []), .received),
            #""fact":"response","connection":1,"direction":"received","status":101,"reason":"Switching","fields":[]}"#
        ),
        (
            record(.body(bytes: 7), .received),
            #""fact":"body","connection":1,"direction":"received","length":7}"#
        ),
        (
            record(.event(type: "error", id: "4", bytes: 7), .received),
            #""fact":"event","connection":1,"direction":"received","type":"error","id":"4","length":7}"#
        ),
    ]

    private static func record(
        _ fact: WireFact, _ direction: Direction? = nil, _ stream: Int? = nil
    ) -> WireRecord {
        WireRecord(time: .milliseconds(2500), connection: 1, direction: direction, stream: stream, fact: fact)
    }

    @Test("Each fact has its keys, in their order", arguments: samples)
    func line(record: WireRecord, rest: String) throws {
        var output = JSONText(isTerminalSafe: true)
        WireLines(start: .seconds(1)).append(record, to: &output)
        #expect(output.string == #"{"time":1.500000,"# + rest + "\n")
        _ = try JSONSerialization.jsonObject(with: Data(output.string.utf8))
    }

    @Test("Every fact, and every key of one, is in the documentation")
    func documented() throws {
        let root = #filePath.components(separatedBy: "/Tests/")[0]
        let text = try String(contentsOfFile: root + "/docs/wire-pane.md", encoding: .utf8)
        for (_, line) in Self.samples {
            for key in line.matches(of: #/"([a-z_]+)":/#) where !["name", "value"].contains(key.1) {
                #expect(text.contains("`\(key.1)`"), "\(key.1)")
            }
            let fact = try #require(line.firstMatch(of: #/"fact":"([a-z_]+)"/#)?.1)
            #expect(text.contains("| `\(fact)` |"), "\(fact)")
        }
        #expect(text.contains("| `dropped` |"))
    }

    @Test("What could not be kept is told of")
    func dropped() {
        var output = JSONText()
        WireLines(start: .zero).append(dropped: 12, at: .seconds(1), to: &output)
        #expect(output.string == #"{"time":1.000000,"fact":"dropped","count":12}"# + "\n")
    }
}
