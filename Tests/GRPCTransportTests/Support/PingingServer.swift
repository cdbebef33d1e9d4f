import NIOCore
import NIOPosix
import RawFrames

/// A server of gRPC as literal bytes: it sends PINGs as soon as it is asked something, and greets in the end.
final class PingingServer: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let listener: any Channel

    enum Manner: Sendable {
        /// Asks so many times, waits for so many answers, and then greets.
        case asks(Int)
        /// Sends such frames without end, and never reads again.
        case floods(RawFrame)
    }

    init(_ manner: Manner) async throws {
        listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_rcvbuf), value: 4096)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Conversation(manner))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    var port: Int { listener.localAddress?.port ?? 0 }

    func stop() async throws { try await group.shutdownGracefully() }

    private final class Conversation: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let manner: Manner
        private var reader = RawFrameReader()
        private var hasPreface = false
        private var stream: UInt32?
        private var answers = 0

        init(_ manner: Manner) {
            self.manner = manner
        }

        func channelActive(context: ChannelHandlerContext) {
            send([.settings()], context)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            reader.add(unwrapInboundIn(data))
            if !hasPreface {
                guard reader.skip(RawFrame.preface.count) else { return }
                hasPreface = true
            }
            while let frame = reader.next() { take(frame, context) }
        }

        private func take(_ frame: RawFrame, _ context: ChannelHandlerContext) {
            switch frame.type {
            case 0x4 where frame.flags == 0: send([.settingsAcknowledgement], context)
            case 0x1:
                stream = frame.stream
                ask(context)
            case 0x6 where frame.flags == 1:
                answers += 1
                if case .asks(let count) = manner, answers == count { greet(context) }
            default: break
            }
        }

        private func ask(_ context: ChannelHandlerContext) {
            switch manner {
            case .asks(let count): send((1...count).map(RawFrame.ping), context)
            case .floods(let frame):
                let channel = context.channel
                channel.setOption(.autoRead, value: false).assumeIsolated().whenSuccess {
                    Self.flood(channel, ByteBuffer(bytes: (1...4000).flatMap { _ in frame.bytes }))
                }
            }
        }

        private static func flood(_ channel: any Channel, _ questions: ByteBuffer) {
            channel.writeAndFlush(questions).whenSuccess { flood(channel, questions) }
        }

        /// `:status 200`, `content-type application/grpc`; a reply whose message is `Hello`; `grpc-status 0`.
        private func greet(_ context: ChannelHandlerContext) {
            guard let stream else { return }
            send(
                [
                    .headers([0x88, 0x0F, 0x10, 16] + Array("application/grpc".utf8), stream: stream),
                    .data([0, 0, 0, 0, 7, 0x0A, 5] + Array("Hello".utf8), stream: stream),
                    .headers(
                        [0x00, 11] + Array("grpc-status".utf8) + [1] + Array("0".utf8), flags: 0x5, stream: stream),
                ], context)
        }

        private func send(_ frames: [RawFrame], _ context: ChannelHandlerContext) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: frames.flatMap(\.bytes))), promise: nil)
        }
    }
}
