import Dispatch
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
public import RPCCore

/// Looks at the way to a server, one stage after another, to tell which of them works. No request is made.
public struct ServerProbe: Sendable {
    let server: ServerAddress
    private let options: TLSOptions
    private let proxies: ProxySettings
    private let clock: any CallClock

    public init(
        server: ServerAddress, tls: TLSOptions, proxies: ProxySettings = ProxySettings(),
        clock: any CallClock = SystemClock()
    ) {
        self.proxies = proxies
        self.server = server
        options = tls
        self.clock = clock
    }

    // MARK: - Resolve

    /// The addresses of the server's name, in the order in which they are tried.
    /// - Throws: ``CallError`` where there is none, or the answer takes longer than `limit`.
    public func resolve(within limit: Duration) async throws(CallError) -> [String] {
        let (answers, answer) = AsyncStream<[String]>.makeStream()
        // The system's resolver cannot be interrupted: it is left behind when it is late.
        DispatchQueue.global().async { [server] in
            answer.yield(Self.addresses(of: server))
            answer.finish()
        }
        let late = CallError(
            .unavailable, "no address for \(server.host) within \(limit.text)", at: .resolve,
            advice: "check the network and its name servers")
        let addresses: [String]
        do {
            addresses = try await TimeLimit(clock: clock, instant: clock.now + limit, error: late).run {
                for await addresses in answers { return addresses }
                return []
            }
        } catch {
            throw error as? CallError ?? CallError(.cancelled, "the probe was cancelled", at: .cancellation)
        }
        guard !addresses.isEmpty else {
            throw CallError(
                .unavailable, "no address for \(server.host)", at: .resolve,
                advice: "check the spelling of the host name and the network")
        }
        return addresses
    }

    private static func addresses(of server: ServerAddress) -> [String] {
        AddressLookup.entries(of: server.host) { entry in
            guard let address = entry.ai_addr else { return nil }
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let result = getnameinfo(address, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            return result == 0
                ? String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
        }
    }

    // MARK: - Proxy

    /// Has the proxy connect to the server, where connections go through one, and closes the connection again.
    /// - Returns: the proxy; or why there is none, where that is worth saying.
    /// - Throws: ``CallError`` for what is wrong with it.
    public func askProxy(within limit: Duration) async throws(CallError) -> ProxySettings.Way {
        let dialer = try makeDialer(limit)
        guard let proxy = dialer.proxy else {
            guard case .direct(let reason)? = try? proxies.way(to: server) else { return .direct(nil) }
            return .direct(reason)
        }
        let dial = Dial()
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let end = eventLoop.scheduleTask(in: TimeAmount(limit)) { dial.abandon() }
        defer {
            end.cancel()
            dial.abandon()
        }
        do {
            try await dialer.connect(dial, on: eventLoop) { _ in }.get()
            return .proxy(proxy)
        } catch {
            if dial.isAbandoned, let late = dialer.timeout(of: dial) { throw late }
            throw await explain(error, within: limit, at: .proxy)
        }
    }

    func makeDialer(_ limit: Duration) throws(CallError) -> Dialer {
        try Dialer(to: server, through: proxies, tls: options, limit: limit)
    }

    // MARK: - Connect

    /// Connects to every address at once, and closes the connections again.
    /// - Returns: each address with the error of those that do not answer. What has not answered a second after another has,
    ///   or by the limit, is said not to.
    public func connect(to addresses: [String], within limit: Duration) async -> [(address: String, error: CallError?)]
    {
        let (answers, answer) = AsyncStream<(Int, Result<Void, any Error>)>.makeStream()
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        for (index, address) in addresses.enumerated() {
            eventLoop.makeCompletedFuture(Result { try self.place(address) }).flatMap {
                ClientBootstrap(group: eventLoop).connectTimeout(TimeAmount(limit)).connect(to: $0)
            }.whenComplete { result in
                if case .success(let channel) = result { channel.close(promise: nil) }
                answer.yield((index, result.map { _ in }))
            }
        }
        var errors: [Int: CallError?] = [:]
        var timer: Task<Void, Never>?
        defer { timer?.cancel() }
        for await (index, result) in answers {
            switch result {
            case .success: errors[index] = CallError?.none
            case .failure(let error): errors[index] = await explain(error, within: limit, at: .connect)
            }
            if errors.count == addresses.count { break }
            if case .success = result, timer == nil {
                timer = Task { [clock] in
                    try? await clock.sleep(for: .seconds(1))
                    answer.finish()
                }
            }
        }
        return addresses.enumerated().map { index, address in
            (address, errors[index] ?? CallError(.unavailable, "no answer in time", at: .connect))
        }
    }

    /// Where an address leads, as ``resolve(within:)`` gives it; the path of a socket leads to that.
    private func place(_ address: String) throws -> SocketAddress {
        guard server.socketPath == nil else { return try SocketAddress(unixDomainSocketPath: address) }
        guard address.contains("%") else { return try SocketAddress(ipAddress: address, port: server.connectPort) }
        // Only the system knows the number of a zone.
        return try SocketAddress.makeAddressResolvingHost(address, port: server.connectPort)
    }

    // MARK: - TLS

    /// Makes a TLS handshake as a call would, and says what came of it.
    /// - Throws: ``CallError`` where there was no handshake, and no certificate to be seen.
    public func handshake(within limit: Duration) async throws(CallError) -> TLSReport {
        let tls = try makeTLS()
        var failure: CallError?
        do {
            return report(try await look(tls, limit, isChecked: true), nil)
        } catch {
            failure = await explain(error, within: limit, at: .tls)
        }
        // A certificate that is not trusted can still be shown.
        if let sight = try? await look(tls, limit, isChecked: false) { return report(sight, failure) }
        throw failure ?? CallError(.unavailable, "the TLS handshake failed", at: .tls)
    }

    func look(
        _ tls: TLSSetup, _ limit: Duration, isChecked: Bool
    ) async throws -> HandshakeProbe.Sight {
        let isChecked = isChecked && !options.isInsecure
        return try await HandshakeProbe(tls: tls, isChecked: isChecked)
            .look(within: TimeAmount(limit), dialer: makeDialer(limit))
    }

    private func report(_ sight: HandshakeProbe.Sight, _ failure: CallError?) -> TLSReport {
        TLSReport(
            version: sight.version.map(TLSName.of) ?? "TLS", alpn: sight.alpn,
            certificate: sight.certificate.map(CertificateReport.init),
            isChecked: !options.isInsecure, failure: failure)
    }

    private func explain(_ error: any Error, within limit: Duration, at stage: CallError.Origin) async -> CallError {
        let tls: TLSSetup
        do { tls = try makeTLS() } catch { return error }
        if let error = error as? CallError { return error }
        let failure = ConnectionFailure(
            server: server, tls: tls, connectTimeout: limit, dialer: try? makeDialer(limit))
        if case ChannelError.connectTimeout? = error as? ChannelError { return failure.timeout(at: stage) }
        if let explained = await failure.explain(error) { return explained }
        return failure.lostConnection(isEncrypted: false)
            ?? CallError(.unavailable, "the connection to \(server.authority) failed: \(error)", at: stage)
    }

    func makeTLS() throws(CallError) -> TLSSetup {
        try TLSSetup(
            for: server, options: options, protocols: server.scheme.dialect == .grpc ? ["h2"] : ["http/1.1"],
            closeTimeout: .milliseconds(500))
    }
}

/// What a TLS handshake has shown.
public struct TLSReport: Hashable, Sendable {
    /// The protocol: `TLS 1.3`.
    public var version: String
    /// What ALPN has chosen: `h2`; `nil` for nothing.
    public var alpn: String?
    /// The server's certificate, where it showed one.
    public var certificate: CertificateReport?
    /// Whether it was checked at all.
    public var isChecked: Bool
    /// Why a call would not be made over it; `nil` where it would.
    public var failure: CallError?
}
