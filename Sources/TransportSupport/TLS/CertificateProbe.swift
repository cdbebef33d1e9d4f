import GreeterCore
import NIOCore
import NIOPosix
import NIOSSL

/// Looks at the certificate of a server that failed the check, to say why it failed.
///
/// The library reports only that the check failed. One more handshake, in which nothing is sent and nothing is trusted, shows
/// the certificate itself.
struct CertificateProbe {
    let server: ServerAddress
    let tls: TLSSetup

    /// How long the probe may take: it only makes an error text better.
    private static let limit = TimeAmount.seconds(2)

    /// The certificate; `nil` when it cannot be had.
    func certificate() async -> PeerCertificate? {
        var configuration = tls.configuration
        configuration.certificateVerification = .none
        configuration.shutdownTimeout = .milliseconds(100)
        guard let context = try? NIOSSLContext(configuration: configuration) else { return nil }
        let (server, name) = (server, tls.serverName)
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = eventLoop.makePromise(of: NIOSSLCertificate?.self)
        let timeout = eventLoop.scheduleTask(in: Self.limit) { promise.succeed(nil) }
        let channel = ClientBootstrap(group: eventLoop)
            .connectTimeout(Self.limit)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: context, serverHostname: name))
                    try channel.pipeline.syncOperations.addHandler(CertificateReader(promise: promise))
                }
            }
            .connect(host: server.host, port: server.port)
        channel.whenFailure { _ in promise.succeed(nil) }
        let certificate = try? await promise.futureResult.get()
        timeout.cancel()
        channel.whenSuccess { $0.close(promise: nil) }
        return certificate.flatMap { $0 }.flatMap { PeerCertificate($0) }
    }
}

/// Takes the server's certificate once the handshake is done.
private final class CertificateReader: ChannelInboundHandler {
    typealias InboundIn = Any

    private let promise: EventLoopPromise<NIOSSLCertificate?>

    init(promise: EventLoopPromise<NIOSSLCertificate?>) {
        self.promise = promise
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        finish(context)
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(context)
        context.fireChannelInactive()
    }

    private func finish(_ context: ChannelHandlerContext) {
        promise.succeed((try? context.pipeline.syncOperations.nioSSL_peerCertificate()) ?? nil)
    }
}
