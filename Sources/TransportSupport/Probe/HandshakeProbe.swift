import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import RPCCore

/// Makes one TLS handshake, in which nothing is sent, to see what comes of it.
struct HandshakeProbe {
    /// What a handshake has shown.
    struct Sight: Sendable {
        var version: TLSVersion?
        var alpn: String?
        var certificate: NIOSSLCertificate?
    }

    let tls: TLSSetup
    /// Whether the certificate is checked as for a call. Where it is not, nothing is trusted that was seen.
    var isChecked = true

    /// - Throws: what the handshake or the connection fails with; ``ChannelError`` when they take too long.
    func look(
        within limit: TimeAmount, dialer: Dialer
    ) async throws -> Sight {
        var configuration = tls.configuration
        if !isChecked { configuration.certificateVerification = .none }
        configuration.shutdownTimeout = .milliseconds(100)
        let context = try NIOSSLContext(configuration: configuration)
        let name = tls.serverName
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = eventLoop.makePromise(of: Sight.self)
        let timeout = eventLoop.scheduleTask(in: limit) { promise.fail(ChannelError.connectTimeout(limit)) }
        let dial = Dial()
        dialer.connect(dial, on: eventLoop) { channel in
            try channel.pipeline.syncOperations.addHandler(HandshakeReader(promise: promise))
            // What follows the handshake must be there when it begins.
            try channel.pipeline.syncOperations.addHandler(
                NIOSSLClientHandler(context: context, serverHostname: name),
                position: .before(channel.pipeline.syncOperations.handler(type: HandshakeReader.self)))
        }.whenFailure { promise.fail($0) }
        defer {
            timeout.cancel()
            dial.abandon()
        }
        return try await promise.futureResult.get()
    }
}

/// Looks at the certificate of a server that failed the check, to say why it failed.
///
/// The library reports only that the check failed. One more handshake, in which nothing is trusted, shows the
/// certificate itself.
struct CertificateProbe {
    let dialer: Dialer?
    let tls: TLSSetup

    /// How long the probe may take: it only makes an error text better.
    static let limit = TimeAmount.seconds(2)

    /// The certificate; `nil` when it cannot be had.
    func certificate() async -> CertificateReport? {
        guard let dialer else { return nil }
        let sight = try? await HandshakeProbe(tls: tls, isChecked: false).look(within: Self.limit, dialer: dialer)
        return sight?.certificate.map { CertificateReport($0) }
    }
}

/// Takes what the handshake has shown once it is done.
private final class HandshakeReader: ChannelInboundHandler {
    typealias InboundIn = Any

    private let promise: EventLoopPromise<HandshakeProbe.Sight>

    init(promise: EventLoopPromise<HandshakeProbe.Sight>) {
        self.promise = promise
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted(let alpn) = event {
            let pipeline = context.pipeline.syncOperations
            promise.succeed(
                HandshakeProbe.Sight(
                    version: (try? pipeline.nioSSL_tlsVersion()) ?? nil, alpn: alpn,
                    certificate: (try? pipeline.nioSSL_peerCertificate()) ?? nil))
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(ChannelError.eof)
        context.fireChannelInactive()
    }
}
