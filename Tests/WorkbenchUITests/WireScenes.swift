import Foundation
import RPCCore
import WorkbenchModel

@testable import WorkbenchUI

/// Situations of the wire pane.
extension Scene {
    /// Opens the pane and lets records come.
    func travelling(_ records: [WireRecord], dropped: Int = 0) -> Scene {
        var scene = after(.pressed(.wire))
        var log = WireLog()
        log.beginning = (.zero, Date(timeIntervalSince1970: 1_795_348_801))
        log.append(records, dropped: dropped)
        scene.wire = log
        return scene.after(.ticked(.milliseconds(3200)), .wire(.progressed(log.summary, rows: log.rows)))
    }

    private static func record(
        _ microseconds: Int, _ fact: WireFact, _ direction: Direction? = nil, _ stream: Int? = nil
    ) -> WireRecord {
        WireRecord(
            time: .microseconds(microseconds), connection: 1, direction: direction, stream: stream, fact: fact)
    }

    private static func frame(
        _ microseconds: Int, _ type: UInt8, flags: UInt8 = 0, length: Int, _ content: WireFrame.Content = .none,
        _ direction: Direction, _ stream: Int? = nil
    ) -> WireRecord {
        record(
            microseconds, .frame(WireFrame(type: type, flags: flags, length: length, content: content)), direction,
            stream)
    }

    private static func data(
        _ microseconds: Int, _ frames: Int, _ bytes: Int, left: Int, _ connection: Int, ends: Bool = false,
        _ direction: Direction
    ) -> WireRecord {
        record(
            microseconds,
            .data(
                WireData(
                    frames: frames, bytes: bytes, endsStream: ends, streamWindow: left, connectionWindow: connection)),
            direction, 1)
    }

    /// A call of gRPC whose server reads slowly, says strange things and then goes away, while requests wait.
    static let wireRecords: [WireRecord] = [
        record(0, .connected(WireConnection(address: "10.0.0.7:443", tls: "TLS 1.3", alpn: "h2"))),
        frame(200, 4, length: 18, .settings([WireSetting(4, 1_048_576), WireSetting(2, 0)]), .sent),
        frame(900, 4, length: 12, .settings([WireSetting(3, 100), WireSetting(4, 65_535)]), .received),
        frame(950, 4, flags: 1, length: 0, .settings([]), .sent),
        frame(
            1200, 1, flags: 4, length: 64,
            .headers(
                [
                    MetadataEntry(":method", "POST"), MetadataEntry(":path", "/demo.v1.Chat/Talk"),
                    MetadataEntry("authorization", Secret.mask), MetadataEntry("te", "trailers"),
                ], size: 211), .sent, 1),
        record(1300, .messages(WireMessages(first: 1, count: 812, bytes: 131_070, encodedBytes: 65_535)), .sent, 1),
        data(1400, 4, 65_535, left: 0, 0, .sent),
        record(1500, .stallBegan(.streamWindow, bytes: 12_345), .sent, 1),
        frame(39_500, 8, length: 4, .window(increment: 65_535, now: 65_535), .received, 1),
        record(39_500, .stallEnded(.streamWindow, after: .milliseconds(38)), .sent, 1),
        frame(
            40_000, 1, flags: 4, length: 24,
            .headers([MetadataEntry(":status", "200"), MetadataEntry("x-\u{202E}evil", "\u{1B}[2Jowned")], size: 120),
            .received, 1),
        data(40_100, 3, 300, left: 1_048_276, 4_194_004, .received),
        record(40_200, .messages(WireMessages(first: 1, count: 3, bytes: 285, encodedBytes: 285)), .received, 1),
        frame(40_300, 6, length: 8, .none, .sent), frame(40_700, 6, flags: 1, length: 8, .none, .received),
        record(40_700, .roundTrip(.microseconds(400))),
        data(41_000, 4, 65_535, left: 0, 65_535, .sent),
        record(41_100, .stallBegan(.streamWindow, bytes: 131_072), .sent, 1),
        record(50_000, .queued(waiting: 2, limit: 1)),
        frame(
            60_000, 7, length: 22, .goAway(code: 11, lastStream: 1, text: "too_many_pings\u{1B}]0;owned\u{7}"),
            .received),
        frame(60_100, 3, length: 4, .reset(code: 8), .received, 3),
    ]

    static let wireStalled = conversation.travelling(wireRecords, dropped: 12)

    /// A row is chosen, and all there is to say of it shown.
    static let wireDetail = conversation.travelling(wireRecords).after(
        .pressed(.first), .pressed(.down), .pressed(.down), .pressed(.down), .pressed(.down), .pressed(.showDetail))

    static let wireWebSocket = succeeded.travelling([
        record(0, .connected(WireConnection(address: "127.0.0.1:8010"))),
        record(
            100,
            .request(
                method: "GET", target: "/v1/helloworld/ws",
                fields: [MetadataEntry("Host", "h"), MetadataEntry("Upgrade", "websocket")]), .sent),
        record(900, .response(status: 101, reason: "Switching Protocols", fields: []), .received),
        record(1000, .webSocket(WebSocketRun(opcode: 1, isMasked: true, frames: 3, bytes: 93)), .sent),
        record(2000, .webSocket(WebSocketRun(opcode: 1, isFinal: false, isMasked: false, bytes: 40)), .received),
        record(2100, .webSocket(WebSocketRun(opcode: 0, isMasked: false, bytes: 28)), .received),
        record(2200, .webSocket(WebSocketRun(opcode: 9, isMasked: false, bytes: 8)), .received),
        record(2300, .webSocket(WebSocketRun(opcode: 10, isMasked: true, bytes: 8)), .sent),
        record(
            3000,
            .webSocket(
                WebSocketRun(opcode: 8, isMasked: false, bytes: 12, closeCode: 1011, reason: "out of \u{1B}memory")),
            .received),
        record(3100, .event(type: "error", id: "7", bytes: 12), .received),
        record(3200, .body(bytes: 2048), .received),
        record(3300, .closed(reason: "the connection is closed")),
    ])
}
