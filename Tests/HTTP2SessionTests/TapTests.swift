import NIOCore
import RawFrames
import Testing

@testable import HTTP2Session

/// What a tap is told of, and when.
@Suite("What a tap takes", .timeLimit(.minutes(10)))
struct TapTests {
    private static func frames(_ tap: HTTP2Tap) -> [HTTP2Record] { tap.take().records }

    @Test("DATA frames that come together are one record, with the windows that are left")
    func run() async throws {
        let tap = HTTP2Tap()
        try await ScriptedPeer.run(tap: tap) { connection, peer in
            let stream = connection.open(.request)
            _ = try await peer.next(.headers)
            let data = RawFrame.data(Array(repeating: 0, count: 100))
            try await peer.send(.headers([(":status", "200")]), data, data, .data([0], ends: true))
            stream.finish()
            _ = try await stream.readAll()
            var runs: [HTTP2DataRun] = []
            for record in Self.frames(tap) {
                if case .data(let run, .received) = record.fact { runs.append(run) }
            }
            // They may be read in more than one go; nothing is lost, and the last says what is left.
            #expect(runs.reduce(0) { $0 + $1.frames } == 3)
            #expect(runs.reduce(0) { $0 + $1.bytes } == 201)
            #expect(runs.last?.endsStream == true)
            // Our SETTINGS are not acknowledged.
            #expect(runs.last?.streamWindow == 65_535 - 201)
        }
    }

    @Test("Frames say what is in them: header blocks with both sizes, SETTINGS, GOAWAY, RST_STREAM")
    func contents() async throws {
        let tap = HTTP2Tap()
        try await ScriptedPeer.run(settings: .settings((3, 7)), tap: tap) { connection, peer in
            let stream = connection.open(.request)
            _ = try await peer.next(.headers)
            try await peer.send(.headers([(":status", "200")]))
            try await peer.send(
                .goAway(last: 1, code: 11, "too_many_pings"), .reset(8))
            _ = try await stream.readAll()
            let facts = Self.frames(tap).map(\.fact)
            func first<Value>(_ value: (HTTP2FrameContent, HTTP2Direction) -> Value?) -> Value? {
                for case .frame(_, let content, let direction) in facts {
                    if let found = value(content, direction) { return found }
                }
                return nil
            }
            let settings = first { content, direction -> [HTTP2Setting]? in
                if case .settings(let settings) = content, direction == .received { settings } else { nil }
            }
            #expect(settings == [.maximumConcurrentStreams(7)])
            let sent = first { content, direction -> HTTP2HeaderBlock? in
                if case .headers(let block) = content, direction == .sent { block } else { nil }
            }
            #expect(sent?.headers[":method"] != nil)
            #expect((sent?.size ?? 0) > (sent?.encodedSize ?? .max))
            let received = first { content, direction -> HTTP2HeaderBlock? in
                if case .headers(let block) = content, direction == .received { block } else { nil }
            }
            #expect(received?.headers[":status"] == "200")
            let goAway = first { content, _ -> HTTP2GoAway? in
                if case .goAway(let value) = content { value } else { nil }
            }
            #expect(goAway?.text == "too_many_pings")
            #expect(goAway?.code == .enhanceYourCalm)
            let reset = first { content, direction -> HTTP2ErrorCode? in
                if case .reset(let code) = content, direction == .received { code } else { nil }
            }
            #expect(reset == .cancel)
        }
    }

    @Test("A tap that begins to listen in the middle is told how the connection stands, and what waits")
    func joins() async throws {
        let tap = HTTP2Tap(isListening: false)
        try await ScriptedPeer.run(settings: .settings((3, 7)), tap: tap) { connection, peer in
            let stream = connection.open(.request)
            let writing = Task {
                try await stream.write(ByteBuffer(repeating: 0, count: 100_000), ends: true)
                _ = try await stream.readAll()
            }
            #expect(try await peer.data(atLeast: 65_535).bytes == 65_535)
            #expect(tap.take().records.isEmpty)
            tap.isListening = true
            // The loop has told before it answers.
            _ = await connection.snapshot()
            let facts = Self.frames(tap).map(\.fact)
            guard case .standing(let standing)? = facts.first else {
                Issue.record("the first fact is \(String(describing: facts.first))")
                return writing.cancel()
            }
            #expect(standing.settings == [.maximumConcurrentStreams(7)])
            #expect(standing.ownSettings.contains(.enablePush(false)))
            #expect(standing.snapshot.streams.map(\.queued) == [100_000 - 65_535])
            #expect(standing.snapshot.streams.map(\.sendWindow) == [0])
            let stall = facts.compactMap { fact -> HTTP2Stall? in
                if case .stallBegan(1, let stall, 34_465) = fact { stall } else { nil }
            }
            #expect(stall == [.streamWindow])
            tap.isListening = false
            try await peer.send(.windowUpdate(100_000, stream: 1), .windowUpdate(100_000, stream: 0))
            _ = try await peer.data()
            #expect(tap.take().records.isEmpty)
            writing.cancel()
        }
    }

    @Test("Who wants to know round trips has one PING sent, once a stream is answered")
    func roundTrip() async throws {
        let tap = HTTP2Tap(asksForRoundTrip: true)
        try await ScriptedPeer.run(tap: tap) { connection, peer in
            let stream = connection.open(.request)
            _ = try await peer.next(.headers)
            try await peer.send(.headers([(":status", "200")]))
            let ping = try await peer.next(.ping)
            try await peer.send(RawFrame(.ping, flags: 1, ping.payload), .data([], ends: true))
            stream.finish()
            _ = try await stream.readAll()
            let trips = Self.frames(tap).filter { if case .roundTrip = $0.fact { true } else { false } }
            #expect(trips.count == 1)
        }
    }

    @Test("What is not taken makes way, is counted, and is announced once")
    func bound() async throws {
        let tap = HTTP2Tap(limit: 3)
        let count = Box<Int>()
        tap.whenRecorded { count.set((count.value ?? 0) + 1) }
        try await ScriptedPeer.run(tap: tap) { connection, peer in
            for _ in 0..<5 { _ = try await connection.pingAnswered(by: peer) }
            #expect(count.value == 1)
            let (records, dropped) = tap.take()
            #expect(records.count == 3)
            #expect(dropped > 0)
        }
    }
}
