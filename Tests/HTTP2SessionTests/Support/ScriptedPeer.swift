import HTTP2Session
import NIOCore
import NIOPosix
import RawFrames

/// A server that says exactly the bytes that a test gives it, and reads what the client sends as frames.
final class ScriptedPeer: Sendable {
    let channel: any Channel
    private let frames: AsyncStream<RawFrame>

    struct Ended: Error {}

    private init(channel: any Channel, frames: AsyncStream<RawFrame>) {
        self.channel = channel
        self.frames = frames
    }

    /// Runs a client against a peer, which has the connection to itself.
    /// - Parameter settings: The peer's first frame; `nil` where the test sends it.
    static func run(
        settings: RawFrame? = .settings(), client configuration: HTTP2Configuration = HTTP2Configuration(),
        tap: HTTP2Tap? = nil, options: @escaping @Sendable (any Channel) throws -> Void = { _ in },
        _ body: (HTTP2Connection, ScriptedPeer) async throws -> Void
    ) async throws {
        let (peers, continuation) = AsyncStream.makeStream(of: ScriptedPeer.self)
        let listener = try await Sockets.listen { channel in
            let (frames, reader) = AsyncStream.makeStream(of: RawFrame.self)
            try options(channel)
            try channel.pipeline.syncOperations.addHandler(FrameReader(reader))
            continuation.yield(ScriptedPeer(channel: channel, frames: frames))
        }
        let (connection, channel) = try await Sockets.connect(to: listener, configuration, tap: tap)
        var iterator = peers.makeAsyncIterator()
        guard let peer = await iterator.next() else { throw Ended() }
        do {
            if let settings { try await peer.send(settings) }
            try await body(connection, peer)
        } catch {
            channel.close(promise: nil)
            peer.channel.close(promise: nil)
            try? await listener.close()
            throw error
        }
        connection.close()
        peer.channel.close(promise: nil)
        try await listener.close()
        _ = try await connection.ended()
    }

    func send(_ frames: RawFrame...) async throws {
        try await send(bytes: frames.flatMap(\.bytes))
    }

    func send(bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    func close() async throws {
        try await channel.close().get()
    }

    /// The next frame that fulfils a condition.
    func next(where isWanted: (RawFrame) -> Bool = { _ in true }) async throws -> RawFrame {
        for await frame in frames where isWanted(frame) { return frame }
        throw Ended()
    }

    func next(_ kind: RawFrame.Kind) async throws -> RawFrame {
        try await next { $0.kind == kind }
    }

    /// Bytes of DATA until the stream ends or so many have come.
    func data(stream: UInt32 = 1, atLeast count: Int = .max) async throws -> (bytes: Int, frames: Int) {
        var (bytes, count0) = (0, 0)
        while bytes < count {
            let frame = try await next { $0.kind == .data && $0.stream == stream }
            bytes += frame.payload.count
            count0 += 1
            if frame.endsStream { break }
        }
        return (bytes, count0)
    }
}

/// Cuts what a client sends into frames, behind its preface.
private final class FrameReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let frames: AsyncStream<RawFrame>.Continuation
    private var reader = RawFrameReader()
    private var hasPreface = false

    init(_ frames: AsyncStream<RawFrame>.Continuation) {
        self.frames = frames
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        reader.add(unwrapInboundIn(data))
        if !hasPreface { hasPreface = reader.skip(RawFrame.preface.count) }
        while hasPreface, let frame = reader.next() { frames.yield(frame) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        frames.finish()
    }
}
