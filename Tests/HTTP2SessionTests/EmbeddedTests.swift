import HTTP2Session
import NIOCore
import NIOEmbedded
import RawFrames
import Testing

/// A client in a channel in memory, with time that the test makes.
@Suite(.timeLimit(.minutes(10)))
struct EmbeddedTests {
    private func makeClient(
        _ configuration: HTTP2Configuration = HTTP2Configuration(), tap: HTTP2Tap? = nil
    ) async throws -> (NIOAsyncTestingChannel, HTTP2Connection) {
        let made = Box<HTTP2Connection>()
        let channel = try await NIOAsyncTestingChannel { channel in
            let handler = HTTP2SessionHandler(role: .client, configuration: configuration, tap: tap)
            made.set(handler.connection)
            try channel.pipeline.syncOperations.addHandler(handler)
        }
        try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
        return (channel, try #require(made.value))
    }

    @Test func everythingComesWhereEachByteComesByItself() async throws {
        let (channel, connection) = try await makeClient()
        try await channel.writeInbound(ByteBuffer(bytes: RawFrame.settings().bytes))
        let stream = connection.open(.request, ends: true)
        await channel.testingEventLoop.run()
        let answer: [RawFrame] = [
            .headers([(":status", "200"), ("name", "value")]), .data([1, 2, 3]),
            RawFrame(.data, flags: 8, stream: 1, [2, 4, 5, 0, 0]), .headers([("grpc-status", "0")], ends: true),
        ]
        for byte in answer.flatMap(\.bytes) { try await channel.writeInbound(ByteBuffer(bytes: [byte])) }
        let received = try await stream.readAll()
        #expect(received.head?.headers["name"] == "value")
        #expect(received.bytes == [1, 2, 3, 4, 5])
        #expect(received.trailers?.headers["grpc-status"] == "0")
        #expect(received.end?.name == "complete")
        #expect(received.isInOrder)
        _ = try await channel.finish()
    }

    /// Many small frames in one read are one batch, and small reads that nobody takes become one buffer.
    @Test func allThatOneReadBringsIsOneBatch() async throws {
        let (channel, connection) = try await makeClient()
        try await channel.writeInbound(ByteBuffer(bytes: RawFrame.settings().bytes))
        let stream = connection.open(.request, ends: true)
        await channel.testingEventLoop.run()
        let many = [RawFrame.headers([(":status", "200")])] + (0..<100).map { _ in RawFrame.data([1, 2, 3, 4, 5]) }
        try await channel.writeInbound(ByteBuffer(bytes: many.flatMap(\.bytes)))
        for _ in 0..<100 { try await channel.writeInbound(ByteBuffer(bytes: RawFrame.data([6]).bytes)) }
        let batch = try #require(try await stream.next())
        #expect(batch.count == 2)
        guard case .data(let bytes)? = batch.last else {
            _ = Issue.record("no data")
            return
        }
        #expect(bytes.readableBytes == 600)
        stream.reset(.cancel)
        await channel.testingEventLoop.run()
        _ = try await channel.finish()
    }

    /// Header block, bytes and END_STREAM of a unary call are one write.
    @Test func callThatIsKnownWholeLeavesInOneWrite() async throws {
        let (channel, connection) = try await makeClient()
        try await channel.writeInbound(ByteBuffer(bytes: RawFrame.settings().bytes))
        await channel.testingEventLoop.run()
        while try await channel.readOutbound(as: ByteBuffer.self) != nil {}
        let stream = connection.open(.request, waitsForBytes: true)
        // The task and the loop run side by side.
        await channel.testingEventLoop.run()
        #expect(try await channel.readOutbound(as: ByteBuffer.self) == nil)
        try await stream.write(ByteBuffer(string: "message"), ends: true)
        await channel.testingEventLoop.run()
        #expect(try await channel.readOutbound(as: ByteBuffer.self) != nil)
        #expect(try await channel.readOutbound(as: ByteBuffer.self) == nil)
        stream.reset(.cancel)
        await channel.testingEventLoop.run()
        _ = try await channel.finish()
    }

    @Test func keepAliveAsksAfterSilenceAndGivesUpAfterMore() async throws {
        let keepAlive = HTTP2KeepAlive(interval: .seconds(10), timeout: .seconds(3), worksWithoutStreams: true)
        let (channel, connection) = try await makeClient(HTTP2Configuration(keepAlive: keepAlive))
        func pings() async throws -> Int {
            var count = 0
            while let buffer = try await channel.readOutbound(as: ByteBuffer.self) {
                if buffer.getInteger(at: buffer.readerIndex + 3, as: UInt8.self) == 6 { count += 1 }
            }
            return count
        }
        await channel.testingEventLoop.advanceTime(by: .seconds(9))
        #expect(try await pings() == 0)
        // Anything that comes shows that the peer is alive.
        try await channel.writeInbound(ByteBuffer(bytes: RawFrame.settings().bytes))
        await channel.testingEventLoop.advanceTime(by: .seconds(9))
        #expect(try await pings() == 0)
        await channel.testingEventLoop.advanceTime(by: .seconds(1))
        #expect(try await pings() == 1)
        await channel.testingEventLoop.advanceTime(by: .seconds(2))
        #expect(connection.end == nil)
        await channel.testingEventLoop.advanceTime(by: .seconds(1))
        #expect(connection.end?.name == "silent")
    }

    @Test func keepAliveIsQuietWithoutStreamsUnlessToldOtherwise() async throws {
        let keepAlive = HTTP2KeepAlive(interval: .seconds(10), timeout: .seconds(3))
        let (channel, connection) = try await makeClient(HTTP2Configuration(keepAlive: keepAlive))
        await channel.testingEventLoop.advanceTime(by: .seconds(100))
        #expect(connection.end == nil)
        _ = try await channel.finish()
    }

    @Test func connectionWithoutStreamsIsEndedInOrderAfterItsTime() async throws {
        let (channel, connection) = try await makeClient(HTTP2Configuration(idleLimit: .seconds(10)))
        try await channel.writeInbound(ByteBuffer(bytes: RawFrame.settings().bytes))
        await channel.testingEventLoop.advanceTime(by: .seconds(9))
        let stream = connection.open(.request, ends: true)
        await channel.testingEventLoop.run()
        await channel.testingEventLoop.advanceTime(by: .seconds(100))
        #expect(connection.end == nil)
        try await channel.writeInbound(ByteBuffer(bytes: RawFrame.headers([(":status", "200")], ends: true).bytes))
        #expect(try await stream.readAll().end?.name == "complete")
        await channel.testingEventLoop.advanceTime(by: .seconds(9))
        #expect(connection.end == nil)
        await channel.testingEventLoop.advanceTime(by: .seconds(1))
        #expect(connection.end?.name == "closed here")
    }

    /// A connection that could not be made ends everything that was asked of it.
    @Test func connectionThatFailsRefusesItsStreams() async throws {
        let connection = HTTP2SessionHandler(role: .client).connection
        let early = connection.open(.request, ends: true)
        async let ready = connection.ready()
        connection.fail(ChannelError.connectTimeout(.seconds(1)))
        #expect(try await ready?.name == "broken")
        #expect(try await early.readAll().end?.name == "refused: not sent")
        #expect(try await connection.open(.request).readAll().end?.name == "refused: not sent")
        #expect(try await connection.ping() == nil)
        #expect(await connection.snapshot() == nil)
        connection.fail(ChannelError.eof)
        #expect(connection.end?.name == "broken")
    }

    @Test func roundTripIsByTheClockOfTheLoop() async throws {
        let tap = HTTP2Tap()
        let (channel, connection) = try await makeClient(tap: tap)
        try await channel.writeInbound(ByteBuffer(bytes: RawFrame.settings().bytes))
        await channel.testingEventLoop.run()
        while try await channel.readOutbound(as: ByteBuffer.self) != nil {}
        let pinging = Task { try await connection.ping() }
        var ping: ByteBuffer?
        while ping == nil {
            await channel.testingEventLoop.run()
            ping = try await channel.readOutbound(as: ByteBuffer.self)
            await Task.yield()
        }
        await channel.testingEventLoop.advanceTime(by: .milliseconds(42))
        let payload = ping?.getBytes(at: 9, length: 8) ?? []
        try await channel.writeInbound(ByteBuffer(bytes: RawFrame(.ping, flags: 1, payload).bytes))
        #expect(try await pinging.value == .milliseconds(42))
        let trips = tap.take().records.compactMap { record -> Duration? in
            if case .roundTrip(let time) = record.fact { time } else { nil }
        }
        #expect(trips == [.milliseconds(42)])
        _ = try await channel.finish()
    }
}
