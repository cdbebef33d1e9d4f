import HTTP2Session
import NIOCore
import NIOPosix

/// A server that says exactly the bytes that a test gives it, and reads what the client sends as frames.
final class ScriptedPeer: Sendable {
    let channel: any Channel
    private let frames: AsyncStream<Frame>

    struct Ended: Error {}

    private init(channel: any Channel, frames: AsyncStream<Frame>) {
        self.channel = channel
        self.frames = frames
    }

    /// Runs a client against a peer, which has the connection to itself.
    /// - Parameter settings: The peer's first frame; `nil` where the test sends it.
    static func run(
        settings: Frame? = .settings(), client configuration: HTTP2Configuration = HTTP2Configuration(),
        tap: HTTP2Tap? = nil, options: @escaping @Sendable (any Channel) throws -> Void = { _ in },
        _ body: (HTTP2Connection, ScriptedPeer) async throws -> Void
    ) async throws {
        let (peers, continuation) = AsyncStream.makeStream(of: ScriptedPeer.self)
        let listener = try await Sockets.listen { channel in
            let (frames, reader) = AsyncStream.makeStream(of: Frame.self)
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

    func send(_ frames: Frame...) async throws {
        try await send(bytes: frames.flatMap(\.bytes))
    }

    func send(bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    func close() async throws {
        try await channel.close().get()
    }

    /// The next frame that fulfils a condition.
    func next(where isWanted: (Frame) -> Bool = { _ in true }) async throws -> Frame {
        for await frame in frames where isWanted(frame) { return frame }
        throw Ended()
    }

    func next(_ kind: Frame.Kind) async throws -> Frame {
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
    private let frames: AsyncStream<Frame>.Continuation
    private var buffer = ByteBuffer()
    private var preface = 24

    init(_ frames: AsyncStream<Frame>.Continuation) {
        self.frames = frames
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        buffer.writeImmutableBuffer(unwrapInboundIn(data))
        let skipped = min(preface, buffer.readableBytes)
        buffer.moveReaderIndex(forwardBy: skipped)
        preface -= skipped
        while buffer.readableBytes >= 9, let word = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) {
            let length = Int(word >> 8)
            guard buffer.readableBytes >= 9 + length else { break }
            let bytes = buffer.readBytes(length: 9 + length) ?? []
            var frame = Frame(.data, flags: bytes[4], stream: 0, Array(bytes[9...]))
            frame.type = bytes[3]
            frame.stream = bytes[5..<9].reduce(0) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
            frames.yield(frame)
        }
        buffer.discardReadBytes()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        frames.finish()
    }
}
