import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TestSupport

/// Stands in front of a server on loopback and passes on what comes, both ways: over TLS where it has a certificate, and for as
/// long as it is not told to hold everything back.
final class Relay: Sendable {
    /// What a relay that speaks TLS shows, and asks for.
    struct Identity: Sendable {
        var certificate: String
        /// The authority of the certificates that clients must have; `nil` where they need none.
        var clientAuthority: String?
    }

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let listener: any Channel
    private let record = RelayRecord()

    /// - Parameter target: The port of the server behind.
    init(to target: Int, as identity: Identity? = nil) async throws {
        let tls = try identity.map { try Self.context($0) }
        listener = try await ServerBootstrap(group: group)
            .childChannelInitializer { [record] near in
                record.connected()
                near.closeFuture.whenComplete { _ in record.disconnected() }
                return near.eventLoop.makeCompletedFuture {
                    if let tls { try near.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                }.flatMap {
                    ClientBootstrap(group: near.eventLoop)
                        .channelInitializer { far in
                            far.eventLoop.makeCompletedFuture {
                                try far.pipeline.syncOperations.addHandler(Passage(to: near, record, counts: false))
                            }
                        }
                        .connect(host: "127.0.0.1", port: target)
                }.flatMapThrowing { far in
                    try near.pipeline.syncOperations.addHandler(Passage(to: far, record, counts: true))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    var port: Int { listener.localAddress?.port ?? 0 }
    /// How many connections there have been.
    var connections: Int { record.counts.connections }
    /// How many there are.
    var openConnections: Int { record.counts.openConnections }
    /// How many bytes clients have sent.
    var bytes: Int { record.counts.bytes }

    /// Passes nothing on any more, and says so to nobody.
    func holdBack() { record.holdBack() }

    func stop() async throws { try await group.shutdownGracefully() }

    private static func context(_ identity: Identity) throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(Certificates.path(identity.certificate))
                .map { .certificate($0) },
            privateKey: .privateKey(
                try NIOSSLPrivateKey(file: Certificates.path(identity.certificate + ".key"), format: .pem)))
        tls.applicationProtocols = ["h2", "http/1.1"]
        if let authority = identity.clientAuthority {
            tls.certificateVerification = .noHostnameVerification
            tls.trustRoots = .file(Certificates.path(authority))
        }
        return try NIOSSLContext(configuration: tls)
    }
}

/// What has passed.
private final class RelayRecord: Sendable {
    struct Counts {
        var connections = 0
        var openConnections = 0
        var bytes = 0
        var isHeldBack = false
    }

    private let state = Mutex(Counts())

    var counts: Counts { state.withLock { $0 } }

    func connected() {
        state.withLock { state in
            state.connections += 1
            state.openConnections += 1
        }
    }

    func disconnected() { state.withLock { $0.openConnections -= 1 } }

    func sent(_ bytes: Int) { state.withLock { $0.bytes += bytes } }

    func holdBack() { state.withLock { $0.isHeldBack = true } }
}

/// Passes what one connection reads on to the other.
private final class Passage: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private let record: RelayRecord
    private let counts: Bool

    init(to other: any Channel, _ record: RelayRecord, counts: Bool) {
        self.other = other
        self.record = record
        self.counts = counts
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if counts { record.sent(bytes.readableBytes) }
        if !record.counts.isHeldBack { other.writeAndFlush(bytes, promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !record.counts.isHeldBack { other.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
