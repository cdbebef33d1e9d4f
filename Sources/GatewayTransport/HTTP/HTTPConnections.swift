import AsyncHTTPClient
import Foundation
import GreeterCore
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TransportSupport

/// The HTTP/1.1 connections that are kept between exchanges.
final class HTTPConnections: Sendable {
    private let client: HTTPClient
    /// How many connections have been made.
    private let made: Counter
    private let isShutDown = Atomic(false)
    private let shutdownLimit: TimeAmount

    init(server: ServerAddress, configuration: GatewayConfiguration, tls: TLSSetup?) {
        let made = Counter()
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
        settings.http1_1ConnectionDebugInitializer = { channel in
            made.count.add(1, ordering: .relaxed)
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        self.made = made
        client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: settings)
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
    /// A kept connection may be closed by the server while the request is under way to it. Where there may be a kept one, none
    /// was made for this request, and nothing was answered, that is what happened, and the request is sent once more.
    func execute(_ makeRequest: () -> HTTPClientRequest) async throws -> HTTPClientResponse {
        let madeBefore = made.count.load(ordering: .relaxed)
        do {
            return try await client.execute(makeRequest(), deadline: .distantFuture)
        } catch {
            // A connection that was reset while it was being made is not counted, and no reason to try again.
            guard madeBefore > 0, made.count.load(ordering: .relaxed) == madeBefore, Self.isDropped(error),
                !Task.isCancelled
            else {
                throw error
            }
            return try await client.execute(makeRequest(), deadline: .distantFuture)
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

    private final class Counter: Sendable {
        let count = Atomic(0)
    }
}
