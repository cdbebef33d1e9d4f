import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GreeterCore
import TransportSupport

/// The connections to one server, as the library keeps them: one, or one for each address of the host.
final class GRPCConnection: Sendable {
    typealias Bytes = GRPCNIOTransportBytes
    typealias Stream = RPCStream<HTTP2ClientTransport.Posix.Inbound, HTTP2ClientTransport.Posix.Outbound>

    /// How much a server may send ahead on a stream before it must wait until it is read, in bytes.
    static let window = 1 << 20

    let progress = ConnectionProgress()
    private let client: Client
    /// Lives as long as the connections do.
    private let task: Task<Void, Never>

    init(_ context: CallContext) throws(CallError) {
        do {
            let client = try Self.makeClient(context, progress: progress)
            self.client = client
            task = Task { await client.run() }
        } catch {
            throw CallError(.internal, "no connection can be set up: \(error)", at: .connect)
        }
    }

    /// Opens a stream for a call, and closes it when `body` returns.
    func withStream<Value: Sendable>(
        for method: MethodDescriptor, _ configuration: GRPCConfiguration, _ body: (Stream) async throws -> Value
    ) async throws -> Value {
        var options = GRPCCore.CallOptions.defaults
        options.waitForReady = false
        options.maxRequestMessageBytes = configuration.maximumMessageSize
        options.maxResponseMessageBytes = configuration.maximumMessageSize
        switch client {
        case .dialled(let client):
            return try await client.withStream(descriptor: method, options: options, body)
        case .balanced(let client):
            return try await client.withStream(descriptor: method, options: options) { stream, _ in
                try await body(stream)
            }
        }
    }

    /// Whether the next call needs another: the library's own client makes connections anew by itself.
    var isSpent: Bool {
        if case .dialled(let client) = client { client.isSpent } else { false }
    }

    /// Ends the connections: in order within the time given, and then at once.
    func close(within limit: Duration) async {
        client.beginGracefulShutdown()
        await withTaskGroup { group in
            group.addTask { await self.task.value }
            group.addTask { try? await ContinuousClock().sleep(for: limit) }
            await group.next()
            self.task.cancel()
            group.cancelAll()
        }
    }

    /// Ends the connections at once, whatever happens on them.
    func cancel() {
        if case .dialled(let client) = client { client.cancel() }
        task.cancel()
    }

    /// Where the streams come from.
    private enum Client: Sendable {
        /// One connection.
        case dialled(DialledClient)
        /// One to each address of the host.
        case balanced(HTTP2ClientTransport.Posix)

        func run() async {
            switch self {
            case .dialled(let client): await client.run()
            case .balanced(let client): try? await client.connect()
            }
        }

        func beginGracefulShutdown() {
            switch self {
            case .dialled(let client): client.beginGracefulShutdown()
            case .balanced(let client): client.beginGracefulShutdown()
            }
        }
    }

    /// Calls are spread over addresses by the library, which knows neither proxies nor what this program does about addresses
    /// that nobody answers at.
    private static func makeClient(_ context: CallContext, progress: ConnectionProgress) throws -> Client {
        let settings = settings(context)
        let isAlone = context.server.socketPath != nil || context.dialer.proxy != nil
        guard context.configuration.loadBalancing == .roundRobin, !isAlone else {
            let wrapped = DialledClient.Client.Config(
                http2: settings.http2, connection: settings.connection, compression: settings.compression,
                channelDebuggingCallbacks: .init(
                    onCreateHTTP2Stream: context.server.scheme.isSecure ? SchemeWriter.add : nil))
            return .dialled(DialledClient(context, wrapped, progress: progress))
        }
        return .balanced(try balancedClient(context, settings, progress))
    }

    private static func settings(_ context: CallContext) -> HTTP2ClientTransport.Posix.Config {
        let configuration = context.configuration
        var settings = HTTP2ClientTransport.Posix.Config.defaults
        settings.http2.targetWindowSize = window
        settings.http2.authority = context.server.named(by: configuration.tls).hostField
        // Requests are gathered before they are written; a lone one is not to wait for others.
        settings.connection.flushCoalescing = nil
        if let time = configuration.keepAlive {
            // The library asks again while it waits for an answer, and then waits anew: it must be due before that. And once it
            // has stopped asking, because no call goes on, it does not begin again for the next. So it never stops, and the
            // connection is given up before a server takes that amiss, which is at the third question without a call.
            settings.connection.keepalive = .init(
                time: time, timeout: min(configuration.keepAliveTimeout, time / 2), allowWithoutCalls: true)
            settings.connection.maxIdleTime = time * 2
        }
        settings.compression.algorithm = configuration.usesCompression ? .gzip : .none
        settings.compression.enabledAlgorithms = [.gzip, .deflate]
        return settings
    }

    private static func balancedClient(
        _ context: CallContext, _ settings: HTTP2ClientTransport.Posix.Config, _ progress: ConnectionProgress
    ) throws -> HTTP2ClientTransport.Posix {
        let (server, tls) = (context.server, context.tls)
        var settings = settings
        settings.channelDebuggingCallbacks.onCreateTCPConnection = { channel in
            channel.eventLoop.makeCompletedFuture {
                try progress.watch(channel, isSecure: server.scheme.isSecure)
                try tls.encrypt(channel)
            }
        }
        var service = ServiceConfig()
        service.loadBalancingConfig = [.roundRobin]
        var registry = NameResolverRegistry.defaults
        registry.registerFactory(EachAddressResolver())
        return try HTTP2ClientTransport.Posix(
            target: EachAddress(host: server.host, port: server.connectPort),
            transportSecurity: server.scheme.isSecure ? .customSecure : .plaintext, config: settings,
            resolverRegistry: registry, serviceConfig: service)
    }
}
