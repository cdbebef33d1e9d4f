import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GreeterCore
import NIOCore
import NIOHTTP2
import NIOPosix
import TransportSupport

/// One connection of the dialer with gRPC on top: through a proxy, to a socket, or to the address of a name that answers
/// first.
///
/// The library's own client takes the addresses of a name one after the other, and waits for one that nobody answers at for longer
/// than a call may; and it knows no proxies. Its client for a channel that is there already knows no second connection:
/// once this one is over, or takes no more calls, the next call gets another from ``GRPCConnections``.
final class DialledClient: Sendable {
    typealias Client = HTTP2ClientTransport.WrappedChannel

    private let dial = Dial()
    private let client: EventLoopFuture<Client>
    /// Claimed when the connection is over, or takes no more calls.
    private let end = Once()

    /// - Parameters:
    ///   - settings: What the connection is to be like.
    ///   - progress: Told how far it comes.
    init(_ context: CallContext, _ settings: Client.Config, progress: ConnectionProgress) {
        let (dial, dialer, tls) = (dial, context.dialer, context.tls)
        let isSecure = context.server.scheme.isSecure
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = eventLoop.makePromise(of: Client.self)
        client = promise.futureResult
        let end = end
        progress.follow(dial)
        promise.completeWithTask {
            try await Client.wrapping(config: settings) { configure in
                try await dialer.connect(dial, on: eventLoop) { channel in
                    try tls.encrypt(channel, position: .last)
                    try progress.watch(channel, isSecure: isSecure, position: .last)
                    channel.closeFuture.whenComplete { _ in _ = end.claim() }
                    return configure(channel).flatMapThrowing { configured in
                        let pipeline = channel.pipeline.syncOperations
                        let http2 = try pipeline.handler(type: NIOHTTP2Handler.self)
                        try pipeline.addHandler(DrainWatcher { _ = end.claim() }, position: .after(http2))
                        dial.release()
                        return configured
                    }
                }.flatMap { $0 }.get()
            }
        }
    }

    /// Whether the next call needs another connection.
    var isSpent: Bool { end.isClaimed }

    /// Lives as long as the connection does.
    func run() async {
        // However early it is given up: what was made must be run, for it to be closed.
        if let client = try? await client.get() { try? await client.connect() }
    }

    /// Opens a stream once there is a connection. When cancelled before, leaves at once.
    func withStream<Value: Sendable>(
        descriptor: MethodDescriptor, options: GRPCCore.CallOptions,
        _ body: (GRPCConnection.Stream) async throws -> Value
    ) async throws -> Value {
        let waiting = client.eventLoop.makePromise(of: Client.self)
        client.cascade(to: waiting)
        let ready = try await withTaskCancellationHandler {
            try await waiting.futureResult.get()
        } onCancel: {
            waiting.fail(CancellationError())
        }
        return try await ready.withStream(descriptor: descriptor, options: options) { stream, _ in
            try await body(stream)
        }
    }

    func beginGracefulShutdown() {
        dial.abandon()
        client.whenSuccess { $0.beginGracefulShutdown() }
    }

    func cancel() {
        dial.abandon()
    }
}
