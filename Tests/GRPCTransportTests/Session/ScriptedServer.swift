import NIOCore
import NIOPosix
import RawFrames
import Synchronization

/// A server of gRPC as literal bytes: no library stands between a test and the wire.
final class ScriptedServer: Sendable {
    /// What it sends after a frame has come.
    /// - Parameters:
    ///   - frame: The frame that has come. Acknowledgements of SETTINGS are sent without being asked for here.
    ///   - seen: All frames of the connection, this one the last.
    typealias Reaction = @Sendable (_ frame: RawFrame, _ seen: [RawFrame]) -> [RawFrame]

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let listener: any Channel
    private let record = Record()

    /// - Parameters:
    ///   - settings: What it sends as soon as there is a connection; its SETTINGS first (RFC 9113, 3.4).
    ///   - closes: Whether it closes the connection after it has sent something for a stream.
    init(settings: [RawFrame] = [.settings()], closes: Bool = false, reacting: @escaping Reaction) async throws {
        let record = record
        listener = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    record.connected()
                    try channel.pipeline.syncOperations.addHandler(Conversation(settings, closes, record, reacting))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    /// - Parameter script: What it sends on a stream when that is opened, by its number from 0 and its identifier.
    convenience init(closes: Bool = false, script: @escaping @Sendable (Int, UInt32) -> [RawFrame]) async throws {
        try await self.init(closes: closes) { frame, seen in
            frame.type == 0x1 ? script(seen.count { $0.type == 0x1 } - 1, frame.stream) : []
        }
    }

    var port: Int { listener.localAddress?.port ?? 0 }
    /// How many connections there have been.
    var connections: Int { record.state.withLock { $0.connections } }
    /// Every frame that has come, on whatever connection.
    var frames: [RawFrame] { record.state.withLock { $0.frames } }

    func stop() async throws { try await group.shutdownGracefully() }

    private final class Record: Sendable {
        let state = Mutex((connections: 0, frames: [RawFrame]()))

        func connected() { state.withLock { $0.connections += 1 } }
        func came(_ frame: RawFrame) { state.withLock { $0.frames.append(frame) } }
    }

    private final class Conversation: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let settings: [RawFrame]
        private let closes: Bool
        private let record: Record
        private let reaction: Reaction
        private var reader = RawFrameReader()
        private var hasPreface = false
        private var seen: [RawFrame] = []

        init(_ settings: [RawFrame], _ closes: Bool, _ record: Record, _ reaction: @escaping Reaction) {
            (self.settings, self.closes, self.record, self.reaction) = (settings, closes, record, reaction)
        }

        func channelActive(context: ChannelHandlerContext) {
            send(settings, context)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            reader.add(unwrapInboundIn(data))
            if !hasPreface {
                guard reader.skip(RawFrame.preface.count) else { return }
                hasPreface = true
            }
            while let frame = reader.next() {
                record.came(frame)
                seen.append(frame)
                if frame.type == 0x4, frame.flags == 0 { send([.settingsAcknowledgement], context) }
                let answer = reaction(frame, seen)
                send(answer, context)
                if closes, !answer.isEmpty { context.close(promise: nil) }
            }
        }

        private func send(_ frames: [RawFrame], _ context: ChannelHandlerContext) {
            guard !frames.isEmpty else { return }
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: frames.flatMap(\.bytes))), promise: nil)
        }
    }
}

extension RawFrame {
    static func fields(_ fields: KeyValuePairs<String, String>, ends: Bool = false, stream: UInt32 = 1) -> RawFrame {
        .headers(fields.map { ($0, $1) }, stream: stream, ends: ends)
    }

    static func block(_ fields: KeyValuePairs<String, String>) -> [UInt8] { block(fields.map { ($0, $1) }) }

    /// A header block in as many frames as it needs.
    static func blocks(_ block: [UInt8], ends: Bool = false, stream: UInt32) -> [RawFrame] {
        let parts = stride(from: 0, to: block.count, by: 16_384).map {
            Array(block[$0..<min($0 + 16_384, block.count)])
        }
        return parts.enumerated().map { index, part in
            RawFrame(
                type: index == 0 ? 0x1 : 0x9,
                flags: (index == parts.count - 1 ? 0x4 : 0) | (index == 0 && ends ? 0x1 : 0), stream: stream,
                payload: part)
        }
    }

    static func head(_ stream: UInt32, encoding: String = "identity") -> RawFrame {
        .fields(
            [":status": "200", "content-type": "application/grpc", "grpc-encoding": encoding], stream: stream)
    }

    static func status(_ code: String, _ message: String = "", stream: UInt32) -> RawFrame {
        .fields(["grpc-status": code, "grpc-message": message], ends: true, stream: stream)
    }

    /// A whole answer: a greeting, and OK.
    static func greeting(_ stream: UInt32) -> [RawFrame] {
        [.head(stream), .message(RawFrame.hello, stream: stream), .status("0", stream: stream)]
    }

    /// A message behind its flag and its length.
    static func message(_ bytes: [UInt8], flag: UInt8 = 0, length: Int? = nil, stream: UInt32) -> RawFrame {
        let length = UInt32(length ?? bytes.count).bigEndian
        return .data([flag] + withUnsafeBytes(of: length) { Array($0) } + bytes, stream: stream)
    }

    /// A reply whose message is `Hello`.
    static let hello: [UInt8] = [0x0A, 5] + Array("Hello".utf8)

    /// SETTINGS_INITIAL_WINDOW_SIZE.
    static func initialWindow(_ size: UInt32) -> RawFrame { .settings((4, size)) }

    var endingStream: RawFrame {
        var frame = self
        frame.flags |= 0x1
        return frame
    }
}

extension [RawFrame] {
    /// How many bytes of DATA there are.
    var dataBytes: Int { reduce(0) { $0 + ($1.type == 0x0 ? $1.payload.count : 0) } }
}
