import Testing

@testable import RPCCore

@Suite("What records of the wire come to")
struct WireSummaryTests {
    private func record(
        _ fact: WireFact, _ direction: Direction? = nil, stream: Int? = 1, at time: Duration = .zero
    ) -> WireRecord {
        WireRecord(time: time, connection: 1, direction: direction, stream: stream, fact: fact)
    }

    private func data(_ frames: Int, _ bytes: Int, left: Int?, _ connection: Int) -> WireFact {
        .data(
            WireData(frames: frames, bytes: bytes, endsStream: false, streamWindow: left, connectionWindow: connection))
    }

    @Test("Windows are as the last record says, each beside its size")
    func windows() throws {
        var summary = WireSummary()
        let settings = WireFrame(type: 4, flags: 0, length: 6, content: .settings([WireSetting(4, 1000)]))
        summary.apply(record(.frame(settings), .received, stream: nil))
        summary.apply(record(.frame(WireFrame(type: 1, flags: 4, length: 50, content: .headers([], size: 200))), .sent))
        let place = try #require(summary.newest)
        #expect(place == WireSummary.Place(connection: 1, stream: 1))
        #expect(summary.windows(of: place)?.send.now == 1000)
        summary.apply(record(data(2, 1000, left: 0, 64_535), .sent))
        #expect(summary.windows(of: place)?.send.now == 0)
        #expect(summary.windows(of: place)?.send.size == 1000)
        #expect(summary.connections[1]?.windows.send.now == 64_535)
        let update = WireFrame(type: 8, flags: 0, length: 4, content: .window(increment: 300, now: 300))
        summary.apply(record(.frame(update), .received))
        #expect(summary.windows(of: place)?.send.now == 300)
        summary.apply(record(.frame(update), .sent))
        #expect(summary.windows(of: place)?.receive.now == 300)
        summary.apply(record(.streamClosed))
        #expect(summary.windows(of: place) == nil)
        #expect(summary.sent.frames == 2)
        #expect(summary.sent.headerBytes == 200)
        #expect(summary.sent.encodedHeaderBytes == 50)
    }

    @Test("What waits is known while it does, and counted when it goes on")
    func stalls() {
        var summary = WireSummary()
        summary.apply(record(.stallBegan(.streamWindow, bytes: 500), .sent, at: .seconds(1)))
        #expect(summary.currentWait?.since == .seconds(1))
        #expect(summary.currentWait?.bytes == 500)
        summary.apply(record(.stallEnded(.streamWindow, after: .milliseconds(300)), .sent))
        #expect(summary.currentWait == nil)
        summary.apply(record(.stallBegan(.socket, bytes: 1), .sent, at: .seconds(2)))
        summary.apply(record(.stallEnded(.socket, after: .milliseconds(100)), .sent))
        #expect(summary.stalls.count == 2)
        #expect(summary.stalls.total == .milliseconds(400))
        #expect(summary.stalls.longest == .milliseconds(300))
        #expect(summary.stalls.longestStall == .streamWindow)
        summary.apply(record(.stallBegan(.socket, bytes: 1), .sent))
        summary.apply(record(.closed(reason: "over"), stream: nil))
        #expect(summary.currentWait == nil)
        #expect(summary.connections.isEmpty)
    }

    @Test("Messages are set against the frames that carried them")
    func messages() {
        var summary = WireSummary()
        summary.apply(record(data(4, 400, left: 1, 1), .received))
        summary.apply(
            record(.messages(WireMessages(first: 1, count: 10, bytes: 900, encodedBytes: 300)), .received))
        #expect(summary.received.messagesPerFrame == 2.5)
        #expect(summary.received.messageBytes == 900)
        #expect(summary.sent.messagesPerFrame == nil)
        summary.apply(
            record(.webSocket(WebSocketRun(opcode: 1, isMasked: true, frames: 3, bytes: 30)), .sent, stream: nil))
        summary.apply(record(.webSocket(WebSocketRun(opcode: 9, isMasked: true, bytes: 8)), .sent, stream: nil))
        #expect(summary.sent.messagesPerFrame == 1)
    }

    @Test("However many streams and connections there are, their number is bounded")
    func bounds() {
        var summary = WireSummary()
        for stream in 0..<5000 { summary.apply(record(data(1, 1, left: 1, 1), .sent, stream: stream)) }
        #expect(summary.connections[1]?.streams.count == WireSummary.streamLimit)
        #expect(summary.connections[1]?.streams[4999] != nil)
        for number in 2..<200 {
            summary.apply(WireRecord(time: .zero, connection: number, fact: .connected(WireConnection(address: "h"))))
        }
        #expect(summary.connections.count == WireSummary.connectionLimit)
        for stream in 0..<5000 { summary.apply(record(.stallBegan(.socket, bytes: 1), .sent, stream: stream)) }
        #expect(summary.waits.count == WireSummary.streamLimit)
    }

    @Test("How the connection stands takes the place of what was known before")
    func standing() {
        var summary = WireSummary()
        summary.apply(record(.stallBegan(.socket, bytes: 1), .sent, stream: 9))
        summary.apply(record(data(1, 1, left: 1, 1), .sent, stream: 9))
        summary.apply(
            record(
                .standing(
                    WireStanding(
                        sendWindow: 11, receiveWindow: 12,
                        streams: [.init(id: 3, sendWindow: 0, receiveWindow: 7, queued: 1)], settings: [],
                        ownSettings: [])), stream: nil))
        #expect(summary.waits.isEmpty)
        #expect(summary.connections[1]?.streams.keys.sorted() == [3])
        #expect(summary.connections[1]?.windows.send.now == 11)
        #expect(summary.windows(of: .init(connection: 1, stream: 3))?.send.now == 0)
    }

    @Test(
        "Sizes are in the unit that they fill",
        arguments: [
            (0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (12_345, "12.1 KiB"), (65_535, "64 KiB"),
            (1_048_575, "1 MiB"), (4_194_304, "4 MiB"), (Int.max, "8388608 TiB"),
        ])
    func sizes(bytes: Int, text: String) {
        #expect(WireText.size(bytes) == text)
    }
}
