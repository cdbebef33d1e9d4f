import NIOCore
import NIOPosix
import Synchronization

/// Runs a server on loopback that answers a request by its text, once its head and body have come, and closes its connection.
func withRequests<Result: Sendable>(
    _ answer: @escaping @Sendable (String) -> [UInt8], _ body: (_ server: String) async throws -> Result
) async throws -> Result {
    try await withAnswerers({ _ in answer }, body)
}

/// Runs a server on loopback that answers every connection with the same bytes, once a request's head and body have come, and
/// closes it.
/// - Parameter answer: Made from the number of the connection, counted from 0.
func withAnswers<Result: Sendable>(
    _ answer: @escaping @Sendable (Int) -> [UInt8], _ body: (_ server: String) async throws -> Result
) async throws -> Result {
    try await withAnswerers({ number in { [bytes = answer(number)] _ in bytes } }, body)
}

/// - Parameter answer: Makes what answers a connection, by its number.
private func withAnswerers<Result: Sendable>(
    _ answer: @escaping @Sendable (Int) -> @Sendable (String) -> [UInt8],
    _ body: (_ server: String) async throws -> Result
) async throws -> Result {
    let count = Mutex(0)
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .childChannelOption(.allowRemoteHalfClosure, value: true)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(
                    Answerer(
                        answer(
                            count.withLock { count in
                                defer { count += 1 }
                                return count
                            })))
            }
        }
        .bind(host: "127.0.0.1", port: 0).get()
    let result: Result
    do {
        result = try await body("http://127.0.0.1:\(listener.localAddress?.port ?? 0)")
    } catch {
        try? await listener.close()
        throw error
    }
    try await listener.close()
    return result
}

private final class Answerer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: @Sendable (String) -> [UInt8]
    private var request: [UInt8] = []

    init(_ answer: @escaping @Sendable (String) -> [UInt8]) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        request += Self.unwrapInboundIn(data).readableBytesView
        // A request is JSON, and its body ends with a brace; a handshake has none.
        let text = String(decoding: request, as: UTF8.self)
        guard text.hasSuffix("}") || text.hasPrefix("GET") && text.hasSuffix("\r\n\r\n")
        else { return }
        request = []
        context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(bytes: answer(text)))).assumeIsolated().whenComplete {
            _ in
            context.close(mode: .output, promise: nil)
        }
    }
}
