import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import RPCCore
import Synchronization
import TransportSupport

/// The HTTP/1.1 connections that are kept between exchanges.
final class HTTPConnections: Sendable {
    private let client: HTTPClient
    private let counts: ConnectionCounts
    private let departures: Departures
    private let isShutDown = Atomic(false)
    private let shutdownLimit: TimeAmount
    /// Makes the exchanges that the client library cannot make.
    private let dialled: DialledHTTP?

    /// How long a connection is kept unused. Shorter than the five seconds after which gateways close theirs, so that a request
    /// seldom meets a connection that is being closed. The client library forgets to cancel this timer when it is shut
    /// down: it holds on to what it has for so long.
    private static let idleLimit = TimeAmount.seconds(4)

    init(
        server: ServerAddress, configuration: GatewayConfiguration, tls: TLSSetup?, dialer: Dialer?, wire: WireTap?
    ) {
        let keepAlive = configuration.keepAlive.map { silence in
            TCPKeepAlive(after: silence, timeout: min(configuration.keepAliveTimeout, silence / 2))
        }
        if let tls, let dialer, DialledHTTP.isNeeded(for: dialer) {
            dialled = DialledHTTP(
                dialer: dialer, tls: tls, limit: configuration.connectTimeout, keepAlive: keepAlive, wire: wire)
        } else {
            dialled = nil
        }
        let counts = ConnectionCounts()
        let departures = Departures()
        shutdownLimit = TimeAmount(configuration.closeTimeout)
        var settings = HTTPClient.Configuration()
        settings.tlsConfiguration = tls?.configuration
        if let name = configuration.tls.serverName { settings.dnsOverride = [name: server.host] }
        settings.redirectConfiguration = .disallow
        settings.timeout = .init(connect: TimeAmount(configuration.connectTimeout))
        settings.httpVersion = .http1Only
        settings.decompression = .disabled
        // A failure is told at once; trying again is for a layer that says so.
        settings.connectionPool.retryConnectionEstablishment = false
        settings.connectionPool.idleTimeout = Self.idleLimit
        settings.http1_1ConnectionDebugInitializer = { channel in
            let done = channel.eventLoop.submit {
                try channel.pipeline.syncOperations.addHandler(DropWatcher(counts: counts), position: .first)
                try Self.watch(channel, departures)
                counts.made.add(1, ordering: .releasing)
                if let wire { try Self.tell(wire, of: channel, to: server) }
            }
            return done.flatMap { keepAlive?.apply(to: channel) ?? channel.eventLoop.makeSucceededVoidFuture() }
        }
        self.counts = counts
        self.departures = departures
        client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: settings)
    }

    /// Sees which requests a connection takes, behind the codec of the client library.
    private static func watch(_ channel: any Channel, _ departures: Departures) throws {
        let pipeline = channel.pipeline.syncOperations
        let codec = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
        try pipeline.addHandler(DepartureWatcher(departures), position: .after(codec))
    }

    /// Tells of what passes on a connection that is there, behind the codec of the client library.
    private static func tell(_ wire: WireTap, of channel: any Channel, to server: ServerAddress) throws {
        let pipeline = channel.pipeline.syncOperations
        let codec = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
        let connection = TappedConnection(wire)
        try pipeline.addHandlers(
            [WireWatcher(wire, number: connection.number, server: server), HTTPWireHandler(connection)],
            position: .after(codec))
    }

    deinit {
        if !isShutDown.load(ordering: .relaxed) { client.shutdown { _ in } }
    }

    /// Closes the connections. One that is being made cannot be interrupted: it is left to end by itself.
    func shutdown() async {
        guard !isShutDown.exchange(true, ordering: .relaxed) else { return }
        let promise = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Void.self)
        client.shutdown { _ in promise.succeed() }
        let limit = promise.futureResult.eventLoop.scheduleTask(in: shutdownLimit) { promise.succeed() }
        try? await promise.futureResult.get()
        limit.cancel()
    }

    /// Makes one exchange, as far as the head of the response.
    ///
    /// A kept connection may be closed by the server while the request is under way to it. Where none was made for this
    /// request, and one ended with a request unanswered, that is what happened, and the request is sent once more. A
    /// connection that ends while it is being made is never a reason to.
    /// - Parameters:
    ///   - whenSentAgain: Told before the request is sent once more.
    ///   - whenSending: Told when a connection takes the request, on its event loop.
    func execute(
        whenSentAgain: () async -> Void = {}, whenSending: @escaping @Sendable () -> Void = {},
        _ makeRequest: () -> HTTPClientRequest
    ) async throws -> HTTPClientResponse {
        if let dialled { return try await dialled.execute(makeRequest(), whenSending: whenSending) }
        let departure = departures.register(whenSending)
        defer { departures.forget(departure) }
        func execute() async throws -> HTTPClientResponse {
            var request = makeRequest()
            request.headers.add(name: Departures.header, value: departure)
            return try await client.execute(request, deadline: .distantFuture)
        }
        let (made, dropped) = (counts.made.load(ordering: .acquiring), counts.dropped.load(ordering: .acquiring))
        do {
            return try await execute()
        } catch {
            guard counts.made.load(ordering: .acquiring) == made,
                counts.dropped.load(ordering: .acquiring) > dropped, Self.isDropped(error), !Task.isCancelled
            else { throw error }
            await whenSentAgain()
            return try await execute()
        }
    }

    /// Whether a connection ended before anything was answered.
    static func isDropped(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTPClientError: error == .remoteConnectionClosed
        case let error as IOError: error.errnoCode == ECONNRESET || error.errnoCode == EPIPE
        case let error as ChannelError: error == .ioOnClosedChannel || error == .eof
        case NIOSSLError.uncleanShutdown: true
        default: false
        }
    }
}
