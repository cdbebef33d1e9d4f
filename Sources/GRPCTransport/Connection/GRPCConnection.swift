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
    private let client: HTTP2ClientTransport.Posix
    /// Lives as long as the connections do.
    private let task: Task<Void, Never>

    init(_ context: CallContext) throws(CallError) {
        do {
            let client = try Self.makeClient(context, progress: progress)
            self.client = client
            task = Task { try? await client.connect() }
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
        return try await client.withStream(descriptor: method, options: options) { stream, _ in
            try await body(stream)
        }
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
        task.cancel()
    }

    private static func makeClient(
        _ context: CallContext, progress: ConnectionProgress
    ) throws -> HTTP2ClientTransport.Posix {
        let (server, configuration, tls) = (context.server, context.configuration, context.tls)
        var settings = HTTP2ClientTransport.Posix.Config.defaults
        settings.http2.targetWindowSize = window
        settings.http2.authority = server.named(by: configuration.tls).hostField
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
        settings.channelDebuggingCallbacks.onCreateTCPConnection = { channel in
            channel.eventLoop.makeCompletedFuture {
                try progress.watch(channel, isSecure: server.scheme.isSecure)
                try tls.encrypt(channel)
            }
        }
        var service = ServiceConfig()
        service.loadBalancingConfig = [
            configuration.loadBalancing == .roundRobin ? .roundRobin : .pickFirst(shuffleAddressList: false)
        ]
        return try makeClient(server, configuration, settings, service)
    }

    private static func makeClient(
        _ server: ServerAddress, _ configuration: GRPCConfiguration, _ settings: HTTP2ClientTransport.Posix.Config,
        _ service: ServiceConfig
    ) throws -> HTTP2ClientTransport.Posix {
        let security: HTTP2ClientTransport.Posix.TransportSecurity = server.scheme.isSecure ? .customSecure : .plaintext
        var registry = NameResolverRegistry.defaults
        registry.registerFactory(EachAddressResolver())
        let target: any ResolvableTarget =
            if let path = server.socketPath {
                .unixDomainSocket(path: path)
            } else if configuration.loadBalancing == .roundRobin {
                EachAddress(host: server.host, port: server.connectPort)
            } else {
                .dns(host: server.host, port: server.connectPort)
            }
        return try HTTP2ClientTransport.Posix(
            target: target, transportSecurity: security, config: settings, resolverRegistry: registry,
            serviceConfig: service)
    }
}
