package import NIOCore
package import NIOPosix
import NIOSSL
package import RPCCore

/// Makes the connections of every transport: to the server or through a proxy, to a port or to a socket.
///
/// A name with several addresses is tried by RFC 8305, IPv6 and IPv4 by turns with 250 ms between them, all within one limit,
/// so that an address that nobody answers at costs a quarter of a second. What comes out is a plain channel: encryption and
/// protocol are added by whoever asked for it, before a byte of the server is read.
package struct Dialer: Sendable {
    /// Makes what resolves names, in place of the system's.
    package typealias MakeResolver = @Sendable (any EventLoop) -> any Resolver & Sendable

    package let server: ServerAddress
    /// What connections go through; `nil` for nothing.
    package let proxy: ProxyAddress?
    /// How long resolving, connecting and what the proxy does may take together.
    let limit: Duration
    private let proxyTLS: NIOSSLContext?
    let makeResolver: MakeResolver?

    /// - Parameters:
    ///   - tls: Whom to trust; a proxy that is spoken to over TLS, too.
    ///   - makeResolver: The system's where it is `nil`.
    /// - Throws: ``CallError`` where a variable makes no sense.
    package init(
        to server: ServerAddress, through proxies: ProxySettings, tls: TLSOptions, limit: Duration,
        makeResolver: MakeResolver? = nil
    ) throws(CallError) {
        self.server = server
        self.limit = limit
        self.makeResolver = makeResolver
        do {
            if case .proxy(let proxy) = try proxies.way(to: server) { self.proxy = proxy } else { proxy = nil }
        } catch {
            throw CallError(
                .invalidArgument, "\(error)", at: .proxy, advice: "correct the variable, or say --proxy none")
        }
        do {
            proxyTLS = proxy?.scheme == .https ? try Self.context(tls) : nil
        } catch {
            throw CallError(.internal, "TLS to the proxy cannot be set up: \(error)", at: .proxy)
        }
    }

    private static func context(_ options: TLSOptions) throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        if options.isInsecure { tls.certificateVerification = .none }
        if let file = options.authorityFile { tls.trustRoots = .certificates(try PEMFile.authorities(in: file)) }
        return try NIOSSLContext(configuration: tls)
    }

    /// Connects.
    /// - Parameters:
    ///   - address: The address of the server's name that is meant; `nil` for whichever answers first.
    ///   - allowsHalfClosure: Whether the channel stays open when the server has sent its last byte.
    ///   - asksProxy: Whether a proxy is asked for a connection to the server; not where it is sent requests as such.
    ///   - configure: Adds handlers to a connection that is open already, once, on its event loop. Nothing is read before.
    /// - Returns: what `configure` returns. Fails with ``CallError`` for what is the proxy's fault.
    package func connect<Value: Sendable>(
        _ dial: Dial, on eventLoop: any EventLoop, to address: SocketAddress? = nil, allowsHalfClosure: Bool = false,
        asksProxy: Bool = true, configure: @escaping @Sendable (any Channel) throws -> Value
    ) -> EventLoopFuture<Value> {
        guard let proxy else {
            let bootstrap = bootstrap(for: dial, on: eventLoop, allowsHalfClosure)
            return (address.map { bootstrap.connect(to: $0) } ?? server.connect(bootstrap)).flatMap {
                Self.configure($0, after: ByteBuffer(), configure)
            }
        }
        let failure = ProxyFailure(proxy: proxy, server: server, limit: limit)
        return target(of: proxy, on: eventLoop).flatMap { target in
            let bootstrap = bootstrap(for: dial, on: eventLoop, allowsHalfClosure)
            return bootstrap.connect(host: proxy.host, port: proxy.port).flatMap { channel in
                open(target, over: channel, asksProxy: asksProxy, dial)
                    .flatMapErrorThrowing { error in
                        channel.close(promise: nil)
                        throw error
                    }
                    .map { (channel, $0) }
            }
        }
        .flatMapErrorThrowing { throw failure.callError(for: $0) }
        .flatMap { channel, rest in Self.configure(channel, after: rest, configure) }
    }

    private func bootstrap(
        for dial: Dial, on eventLoop: any EventLoop, _ allowsHalfClosure: Bool
    ) -> ClientBootstrap {
        let stage = proxy == nil ? CallError.Origin.connect : .proxy
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(limit))
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: allowsHalfClosure)
            .channelInitializer { channel in
                dial.isConnecting(channel, at: stage)
                return channel.eventLoop.makeSucceededVoidFuture()
            }
        return makeResolver.map { bootstrap.resolver($0(eventLoop)) } ?? bootstrap
    }

    /// Lets the protocol take over a connection, and what was read of it.
    private static func configure<Value: Sendable>(
        _ channel: any Channel, after rest: ByteBuffer, _ configure: @Sendable (any Channel) throws -> Value
    ) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            do {
                let value = try configure(channel)
                if rest.readableBytes > 0 {
                    channel.pipeline.syncOperations.fireChannelRead(NIOAny(rest))
                    channel.pipeline.syncOperations.fireChannelReadComplete()
                }
                try channel.syncOptions?.setOption(.autoRead, value: true)
                return value
            } catch {
                channel.close(promise: nil)
                throw error
            }
        }
    }

    /// The error where an attempt takes too long that is held up by a proxy; `nil` where it is not.
    package func timeout(of dial: Dial) -> CallError? {
        guard let proxy, dial.stage == .proxy else { return nil }
        return ProxyFailure(proxy: proxy, server: server, limit: limit).timeout(at: dial.tunnelStage)
    }

    /// The error where a proxy answers a request with this status that only proxies have; `nil` for every other.
    package func refusal(status: Int, reason: String) -> CallError? {
        guard let proxy, status == 407 else { return nil }
        return ProxyFailure(proxy: proxy, server: server, limit: limit)
            .callError(
                for: ConnectTunnel.refusal(status, "\(status) \(reason)", isKnown: proxy.user != nil, server.authority))
    }

    // MARK: - Proxies

    /// Where a SOCKS proxy is to connect to: a name, or an address where the name is to be resolved here.
    private func target(of proxy: ProxyAddress, on eventLoop: any EventLoop) -> EventLoopFuture<SOCKSTunnel.Target> {
        let host = server.hostWithoutZone
        if let literal = try? SocketAddress(ipAddress: host, port: 0), let bytes = literal.addressBytes {
            return eventLoop.makeSucceededFuture(.address(bytes))
        }
        guard proxy.scheme == .socks5 else { return eventLoop.makeSucceededFuture(.name(host)) }
        return NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
            guard let bytes = try SocketAddress.makeAddressResolvingHost(host, port: 0).addressBytes else {
                throw SocketAddressError.unsupported
            }
            return .address(bytes)
        }.flatMapErrorThrowing { _ in
            throw CallError(
                .unavailable, "no address for \(host)", at: .resolve,
                advice: "check the spelling of the host name, or let the proxy resolve it with socks5h://")
        }
    }

    /// Has the proxy connect to the server.
    /// - Returns: what the server has said already.
    private func open(
        _ target: SOCKSTunnel.Target, over channel: any Channel, asksProxy: Bool, _ dial: Dial
    ) -> EventLoopFuture<ByteBuffer> {
        let promise = channel.eventLoop.makePromise(of: ByteBuffer.self)
        do {
            if let proxyTLS, let proxy {
                try channel.pipeline.syncOperations.addHandler(
                    NIOSSLClientHandler(
                        context: proxyTLS, serverHostname: TLSSetup.isLiteral(proxy.host) ? nil : proxy.host))
            }
            guard asksProxy, let tunnel = tunnel(to: target) else {
                promise.succeed(ByteBuffer())
                return promise.futureResult
            }
            try channel.pipeline.syncOperations.addHandler(
                TunnelHandler(tunnel, promise: promise) { dial.tunnelReached($0) })
        } catch {
            promise.fail(error)
        }
        return promise.futureResult
    }

    private func tunnel(to target: SOCKSTunnel.Target) -> (any Tunnel)? {
        guard let proxy else { return nil }
        guard proxy.scheme.isSOCKS else {
            let host = server.hostWithoutZone
            let authority = host.contains(":") ? "[\(host)]" : host
            return ConnectTunnel(to: "\(authority):\(server.connectPort)", authorization: proxy.basicAuthorization)
        }
        let user = proxy.user.flatMap { name in proxy.password.map { (name, $0) } }
        return SOCKSTunnel(to: target, port: server.connectPort, user: user)
    }
}

extension SocketAddress {
    /// The bytes of an internet address, in the order of the network.
    fileprivate var addressBytes: [UInt8]? {
        switch self {
        case .v4(let address): withUnsafeBytes(of: address.address.sin_addr) { Array($0) }
        case .v6(let address): withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
        case .unixDomainSocket: nil
        }
    }
}
