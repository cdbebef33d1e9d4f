import HTTP2Session
import NIOCore
import RawFrames
import Testing

/// Servers that want to wear the client out.
@Suite(.timeLimit(.minutes(10)))
struct FloodTests {
    /// Sends in a task of its own until it is cut off.
    private static func flood(_ peer: ScriptedPeer, with frames: [RawFrame]) -> Task<Void, Never> {
        let bytes = ByteBuffer(bytes: frames.flatMap(\.bytes))
        return Task {
            while !Task.isCancelled, (try? await peer.channel.writeAndFlush(bytes).get()) != nil {}
        }
    }

    /// grpc-go sends a PING for every round trip of data: however many there are, all are answered where the server reads.
    @Test func manyPingsAreAnswered() async throws {
        try await ScriptedPeer.run { connection, peer in
            let ping = RawFrame(.ping, [1, 2, 3, 4, 5, 6, 7, 8])
            for _ in 0..<20 {
                try await peer.send(bytes: (0..<100).flatMap { _ in ping.bytes })
                for _ in 0..<100 { #expect(try await peer.next(.ping).payload == ping.payload) }
            }
            #expect(connection.standing == .ready)
        }
    }

    @Test(arguments: [RawFrame(.ping, [UInt8](repeating: 7, count: 8)), RawFrame.settings()])
    func floodOfServerThatDoesNotReadIsCutOff(frame: RawFrame) async throws {
        try await ScriptedPeer.run(
            client: HTTP2Configuration(maximumUnsentAnswers: 100),
            options: { channel in try channel.syncOptions?.setOption(.autoRead, value: false) }
        ) { connection, peer in
            let flooding = Self.flood(peer, with: [RawFrame](repeating: frame, count: 1000))
            let end = try await connection.ended()
            #expect(end.name == "violation 11")
            flooding.cancel()
        }
    }

    @Test(arguments: [0, 1, 1000])
    func endlessBlockIsCutOff(size: Int) async throws {
        try await ScriptedPeer.run { connection, peer in
            let stream = connection.open(.request)
            _ = try await peer.next(.headers)
            try await peer.send(.headers([(":status", "200")], isWhole: false))
            // Literal fields of one letter each, or nothing at all.
            let part = [UInt8]([0, 1, 0x61, 1, 0x62].prefix(size == 0 ? 0 : 5))
            let payload = size <= 1 ? part : (0..<200).flatMap { _ in part }
            let flooding = Self.flood(
                peer, with: [RawFrame](repeating: RawFrame(.continuation, stream: 1, payload), count: 100))
            let received = try await stream.readAll()
            #expect(received.end?.name.hasPrefix("connection lost: violation") == true)
            flooding.cancel()
        }
    }

    /// Nothing is kept of frames without content, and the stream goes on.
    @Test func emptyDataIsHarmless() async throws {
        try await ScriptedPeer.run { connection, peer in
            let stream = connection.open(.request)
            _ = try await peer.next(.headers)
            try await peer.send(.headers([(":status", "200")]))
            for _ in 0..<50 { try await peer.send(bytes: (0..<1000).flatMap { _ in RawFrame.data([]).bytes }) }
            try await peer.send(.data([1], ends: true))
            let received = try await stream.readAll()
            #expect(received.bytes == [1])
            #expect(received.end?.name == "complete")
        }
    }

    @Test func resetsOfStreamsThatAreOverAreHarmless() async throws {
        try await ScriptedPeer.run { connection, peer in
            let stream = connection.open(.request)
            _ = try await peer.next(.headers)
            for _ in 0..<100 { try await peer.send(bytes: (0..<100).flatMap { _ in RawFrame.reset(8).bytes }) }
            let received = try await stream.readAll()
            #expect(received.end?.name == "reset 8 by peer")
            let next = connection.open(.request)
            _ = try await peer.next { $0.kind == .headers && $0.stream == 3 }
            next.reset(.cancel)
        }
    }

    /// A server that never reads holds up the writer at the limits, whatever window it gives.
    @Test func writerWaitsForServerThatDoesNotRead() async throws {
        let written = Counter()
        try await ScriptedPeer.run(
            settings: .settings((4, 0x7FFF_FFFF)),
            options: { channel in try channel.syncOptions?.setOption(.autoRead, value: false) }
        ) { connection, peer in
            try await peer.send(.windowUpdate(0x7FFF_FFFF - 65_535, stream: 0))
            let stream = connection.open(.request)
            let writing = Task {
                while true {
                    try await stream.write(ByteBuffer(count: 64 * 1024))
                    written.add(64 * 1024)
                }
            }
            // What the sockets take varies; that it ends does not.
            var before = -1
            while written.value != before || before == 0 {
                before = written.value
                try await Task.sleep(for: .milliseconds(300))
            }
            #expect(written.value < 64 << 20)
            let snapshot = try #require(await connection.snapshot())
            #expect(snapshot.streams.first.map { $0.queued <= 512 * 1024 } == true)
            writing.cancel()
            await #expect(throws: CancellationError.self) { try await writing.value }
        }
    }
}
