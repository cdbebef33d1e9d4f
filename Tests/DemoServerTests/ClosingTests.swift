import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

@testable import DemoServer

@Suite("The time that a client has to close")
struct ClosingTests {
    /// A socket whose other end does not read: what is written waits until it is let go.
    private final class FullSocket: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var held: [(bytes: NIOAny, promise: EventLoopPromise<Void>?)] = []

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            held.append((data, promise))
        }

        func letGo(_ context: ChannelHandlerContext) {
            for (bytes, promise) in held { context.write(bytes, promise: promise) }
            held = []
            context.flush()
        }

        func handlerRemoved(context: ChannelHandlerContext) {
            for (_, promise) in held { promise?.fail(ChannelError.ioOnClosedChannel) }
        }
    }

    /// What makes the server end its side of a bidirectional stream.
    static let endings: [(orders: [String], frame: WebSocketOpcode, payload: [UInt8])] = [
        ([], .text, Array(Route.marker.utf8)), (["close=1012"], .text, Array(#"{"name":"Ana"}"#.utf8)),
        (["error=1"], .text, Array(#"{"name":"Ana"}"#.utf8)), ([], .binary, [1]), ([], .connectionClose, [0x03, 0xE8]),
    ]

    @Test("counts from when the last words are written, however slowly the client reads", arguments: endings)
    func waits(_ orders: [String], _ opcode: WebSocketOpcode, _ payload: [UInt8]) throws {
        let socket = FullSocket()
        let faults = FaultRun(try DemoFaults(parsing: orders), seed: 1)
        let session = StreamSession(
            stream: GreeterStream(route: .bidirectional, behaviour: .guide), thinkTime: .zero, faults: faults,
            time: ServerTime(nil), allocator: ByteBufferAllocator())
        let channel = EmbeddedChannel(handlers: [socket, session])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        let frame = WebSocketFrame(
            fin: true, opcode: opcode, maskKey: [1, 2, 3, 4],
            data: masked(channel.allocator.buffer(bytes: payload), [1, 2, 3, 4]))
        channel.pipeline.fireChannelRead(frame)
        channel.pipeline.fireChannelReadComplete()

        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(channel.isActive)
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)

        socket.letGo(try channel.pipeline.syncOperations.context(handler: socket))
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(900))
        #expect((try channel.readOutbound(as: ByteBuffer.self)?.readableBytes ?? 0) > 0)
        // Where the client's CLOSE has been answered nothing is left to wait for; an embedded channel knows no half.
        #expect(channel.isActive == (opcode != .connectionClose))
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(200))
        #expect(!channel.isActive)
        _ = try? channel.finish()
    }

    private func masked(_ buffer: ByteBuffer, _ key: WebSocketMaskingKey) -> ByteBuffer {
        var buffer = buffer
        buffer.webSocketMask(key)
        return buffer
    }
}
