import NIOCore
import NIOPosix

/// A server of gRPC as literal bytes: for each stream that a client opens it sends the frames of a script.
final class ScriptedServer: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let listener: any Channel

    /// - Parameters:
    ///   - closes: Whether it closes the connection after the script.
    ///   - script: What it sends on a stream, by its number from 0 and its identifier.
    init(closes: Bool = false, script: @escaping @Sendable (Int, UInt32) -> [RawFrame]) async throws {
        listener = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Conversation(closes, script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    var port: Int { listener.localAddress?.port ?? 0 }

    func stop() async throws { try await group.shutdownGracefully() }

    private final class Conversation: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let closes: Bool
        private let script: @Sendable (Int, UInt32) -> [RawFrame]
        private var reader = RawFrameReader()
        private var hasPreface = false
        private var streams = 0

        init(_ closes: Bool, _ script: @escaping @Sendable (Int, UInt32) -> [RawFrame]) {
            (self.closes, self.script) = (closes, script)
        }

        func channelActive(context: ChannelHandlerContext) {
            send([.settings], context)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            reader.add(unwrapInboundIn(data))
            if !hasPreface {
                guard reader.skip(RawFrame.preface.count) else { return }
                hasPreface = true
            }
            while let frame = reader.next() {
                if frame.type == 0x4, frame.flags == 0 { send([.settingsAck], context) }
                guard frame.type == 0x1 else { continue }
                send(script(streams, frame.stream), context)
                streams += 1
                if closes { context.close(promise: nil) }
            }
        }

        private func send(_ frames: [RawFrame], _ context: ChannelHandlerContext) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: frames.flatMap(\.bytes))), promise: nil)
        }
    }
}

extension RawFrame {
    /// A header block of literal fields (RFC 7541, 6.2.2) with names and values of fewer than 127 bytes.
    static func fields(_ fields: KeyValuePairs<String, String>, ends: Bool = false, stream: UInt32 = 1) -> RawFrame {
        var block: [UInt8] = []
        for (name, value) in fields {
            block += [0, UInt8(name.utf8.count)] + Array(name.utf8)
            block += [UInt8(value.utf8.count)] + Array(value.utf8)
        }
        return .headers(block, flags: ends ? 0x5 : 0x4, stream: stream)
    }

    static func head(_ stream: UInt32, encoding: String = "identity") -> RawFrame {
        .fields(
            [":status": "200", "content-type": "application/grpc", "grpc-encoding": encoding], stream: stream)
    }

    static func status(_ code: String, _ message: String = "", stream: UInt32) -> RawFrame {
        .fields(["grpc-status": code, "grpc-message": message], ends: true, stream: stream)
    }

    /// A message behind its flag and its length.
    static func message(_ bytes: [UInt8], flag: UInt8 = 0, length: Int? = nil, stream: UInt32) -> RawFrame {
        let length = UInt32(length ?? bytes.count).bigEndian
        return .data([flag] + withUnsafeBytes(of: length) { Array($0) } + bytes, stream: stream)
    }

    /// A reply whose message is `Hello`.
    static let hello: [UInt8] = [0x0A, 5] + Array("Hello".utf8)

    static func reset(_ code: UInt8, stream: UInt32) -> RawFrame {
        RawFrame(type: 0x3, stream: stream, payload: [0, 0, 0, code])
    }

    static func goAway(last: UInt8, code: UInt8, _ text: String) -> RawFrame {
        RawFrame(type: 0x7, payload: [0, 0, 0, last, 0, 0, 0, code] + Array(text.utf8))
    }

    var endingStream: RawFrame {
        var frame = self
        frame.flags |= 0x1
        return frame
    }
}
