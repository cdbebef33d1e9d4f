import HTTP2Session
import NIOCore
import RawFrames
import Testing

/// Servers with windows of all kinds, by the bytes that they send (RFC 9113, 6.9).
@Suite(.timeLimit(.minutes(10)))
struct WindowTests {
    /// Writes and half-closes without waiting for room.
    private static func send(_ count: Int, on stream: HTTP2Stream) -> Task<Void, any Error> {
        Task {
            try await stream.write(ByteBuffer(count: count), ends: true)
            // Held until the test is over: a stream that is let go of is reset.
            _ = try await stream.readAll()
        }
    }

    @Test func batchBecomesAsFewFramesAsTheWindowAllows() async throws {
        try await ScriptedPeer.run(settings: .settings((5, 1 << 20))) { connection, peer in
            let writing = Self.send(65_535, on: connection.open(.request))
            let data = try await peer.data()
            #expect(data.bytes == 65_535)
            #expect(data.frames <= 2)
            writing.cancel()
        }
    }

    @Test func windowOf65535StopsThereUntilMoreIsGiven() async throws {
        let tap = HTTP2Tap()
        try await ScriptedPeer.run(tap: tap) { connection, peer in
            let stream = connection.open(.request)
            let writing = Self.send(100_000, on: stream)
            #expect(try await peer.data(atLeast: 65_535).bytes == 65_535)
            let snapshot = try #require(await connection.snapshot())
            #expect(snapshot.sendWindow == 0)
            #expect(snapshot.streams.map(\.queued) == [100_000 - 65_535])
            try await peer.send(.windowUpdate(100_000, stream: 1))
            // The connection has a window too.
            _ = try await connection.pingAnswered(by: peer)
            try await peer.send(.windowUpdate(100_000, stream: 0))
            #expect(try await peer.data().bytes == 100_000 - 65_535)
            writing.cancel()
            var stalls: [HTTP2Stall] = []
            // What has arrived may be written down a little later.
            while stalls.count < 2 {
                stalls += tap.take().records.compactMap { record -> HTTP2Stall? in
                    if case .stallEnded(1, let stall, let length) = record.fact {
                        length > .zero ? stall : nil
                    } else {
                        nil
                    }
                }
                await Task.yield()
            }
            #expect(stalls == [.streamWindow, .connectionWindow])
        }
    }

    @Test func windowOfOneByteGivesFramesOfOneByte() async throws {
        try await ScriptedPeer.run(settings: .settings((4, 1))) { connection, peer in
            let writing = Self.send(50, on: connection.open(.request))
            for count in 1...50 {
                let frame = try await peer.next(.data)
                #expect(frame.payload.count == 1)
                #expect(frame.endsStream == (count == 50))
                try await peer.send(.windowUpdate(1, stream: 1))
            }
            writing.cancel()
        }
    }

    @Test func windowOfZeroThatIsRaisedLaterLetsBytesGo() async throws {
        try await ScriptedPeer.run(settings: .settings((4, 0))) { connection, peer in
            let writing = Self.send(10, on: connection.open(.request))
            _ = try await peer.next(.headers)
            _ = try await connection.pingAnswered(by: peer)
            #expect(try #require(await connection.snapshot()).streams.map(\.queued) == [10])
            try await peer.send(.settings((4, 100)))
            #expect(try await peer.data().bytes == 10)
            writing.cancel()
        }
    }

    @Test func settingsThatShrinkAWindowBelowZeroAreMadeUpForFirst() async throws {
        try await ScriptedPeer.run(settings: .settings((4, 100))) { connection, peer in
            let writing = Self.send(300, on: connection.open(.request))
            #expect(try await peer.data(atLeast: 100).bytes == 100)
            try await peer.send(.settings((4, 30)))
            _ = try await connection.pingAnswered(by: peer)
            #expect(try #require(await connection.snapshot()).streams.map(\.sendWindow) == [0])
            // To zero, and not a byte more.
            try await peer.send(.windowUpdate(70, stream: 1))
            _ = try await connection.pingAnswered(by: peer)
            #expect(try #require(await connection.snapshot()).streams.map(\.queued) == [200])
            try await peer.send(.windowUpdate(200, stream: 1))
            #expect(try await peer.data().bytes == 200)
            writing.cancel()
        }
    }

    @Test func windowThatGrowsTooFarIsAViolation() async throws {
        try await ScriptedPeer.run { connection, peer in
            let stream = connection.open(.request)
            _ = try await peer.next(.headers)
            try await peer.send(.windowUpdate(0x7FFF_FFFF, stream: 1))
            let received = try await stream.readAll()
            #expect(received.end?.name == "violation 3")
            #expect(try await peer.next(.reset).number == 3)
        }
    }

    /// The peer that sends more than it was allowed is cut off.
    @Test func peerThatOverrunsTheWindowIsCutOff() async throws {
        try await ScriptedPeer.run(client: HTTP2Configuration(streamWindow: 1000)) { connection, peer in
            let stream = connection.open(.request)
            _ = try await peer.next(.headers)
            try await peer.send(
                .settingsAcknowledgement, .headers([(":status", "200")]), .data([UInt8](repeating: 0, count: 1001)))
            let received = try await stream.readAll()
            #expect(received.end?.name == "violation 3")
        }
    }

    /// Credit follows consumption: none while the consumer holds its batch.
    @Test func creditIsGivenWhenTheConsumerComesBack() async throws {
        try await ScriptedPeer.run(client: HTTP2Configuration(streamWindow: 1000)) { connection, peer in
            let stream = connection.open(.request)
            _ = try await peer.next(.headers)
            try await peer.send(
                .settingsAcknowledgement, .headers([(":status", "200")]), .data([UInt8](repeating: 0, count: 600)))
            _ = try await stream.read(600)
            _ = try await connection.pingAnswered(by: peer)
            #expect(try #require(await connection.snapshot()).streams.map(\.receiveWindow) == [400])
            async let next = stream.next()
            let update = try await peer.next { $0.kind == .windowUpdate && $0.stream == 1 }
            #expect(update.number == 600)
            try await peer.send(.data([1], ends: true))
            _ = try await next
        }
    }
}

extension HTTP2Connection {
    /// When it returns, the client has seen everything that the peer sent before, and has done what is to be done about it.
    func pingAnswered(by peer: ScriptedPeer) async throws -> Duration? {
        async let time = ping()
        let frame = try await peer.next { $0.kind == .ping && !$0.isAcknowledgement }
        try await peer.send(RawFrame(.ping, flags: 1, frame.payload))
        return try await time
    }
}
