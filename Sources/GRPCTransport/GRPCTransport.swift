import GRPCWire
import NIOPosix
public import RPCCore
package import TransportSupport

/// Calls a Greeter service over native gRPC: HTTP/2 and protocol buffers.
///
/// Calls share connections, which are made when the first needs one. Nothing is tried twice here: a call that finds no server
/// fails at once.
///
/// Memory of a call: a batch of 256 requests, 256 KiB that wait to be sent, and what the server may send ahead, which is ``GRPCConnection/window``, or one message of at most ``GRPCConfiguration/maximumMessageSize``.
public final class GRPCTransport: Transport {
    public let server: ServerAddress
    private let configuration: GRPCConfiguration
    private let clock: any CallClock
    private let tls: Result<TLSSetup, CallError>
    private let dialer: Result<Dialer, CallError>
    let connections: GRPCConnections
    private let names = KnownNames()
    private let wire: WireTap?
    private let executor = EventLoopExecutor(MultiThreadedEventLoopGroup.singleton.any())

    /// - Parameters:
    ///   - server: An address with the scheme `grpc` or `grpcs`; calls to another fail.
    ///   - wire: Where what travels is told of.
    public convenience init(
        server: ServerAddress, configuration: GRPCConfiguration, clock: any CallClock = SystemClock(),
        wire: WireTap? = nil
    ) {
        self.init(server: server, configuration: configuration, clock: clock, makeResolver: nil, wire: wire)
    }

    /// - Parameters:
    ///   - makeResolver: What resolves names; the system where it is `nil`.
    package init(
        server: ServerAddress, configuration: GRPCConfiguration, clock: any CallClock,
        makeResolver: Dialer.MakeResolver?, wire: WireTap? = nil
    ) {
        self.server = server
        self.wire = wire
        self.configuration = configuration
        self.clock = clock
        tls = Result { () throws(CallError) in
            try TLSSetup(
                for: server, options: configuration.tls, protocols: ["h2"], closeTimeout: configuration.closeTimeout)
        }
        dialer = Result { () throws(CallError) in
            try Dialer(
                to: server, through: configuration.proxies, tls: configuration.tls,
                limit: configuration.connectTimeout, makeResolver: makeResolver)
        }
        // A proxy, or a socket, is one way to one server.
        let hasAddresses = server.socketPath == nil && (try? dialer.get())?.proxy == nil
        connections = GRPCConnections(
            configuration, isBalanced: configuration.loadBalancing == .roundRobin && hasAddresses)
    }

    @discardableResult
    public func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
        await CallRecorder.record(for: observer, clock: clock) { recorder throws(CallError) in
            let context = try makeContext(metadata: call.options.metadata, service: call.method.ref.service)
            return await GRPCCall(context: context, call: call, recorder: recorder).run()
        }
    }

    public func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
        try await HealthCheck(context: try makeContext(metadata: [], service: nil)).run(deadline: deadline)
    }

    public func shutdown() async {
        await connections.shutdown()
    }

    /// Checks what must be right before anything is sent.
    /// - Parameter service: Whose method is called, where the address could name it too.
    func makeContext(metadata: [MetadataEntry], service: String?) throws(CallError) -> CallContext {
        guard server.scheme == .grpc || server.scheme == .grpcs else {
            throw CallError(
                .failedPrecondition, "'\(server)' is no address of a gRPC service", at: .connect,
                advice: "the address of a gRPC service begins with grpc:// or grpcs://")
        }
        if let service, server.basePath.split(separator: "/").contains(Substring(service)) {
            throw CallError(
                .failedPrecondition, "'\(server)' names a method, or the service", at: .connect,
                advice: "end the address before '/\(service)', and name a method with --method")
        }
        let headers = try RequestHeaders(
            server: server, token: configuration.token, allowsPlaintextToken: configuration.allowsPlaintextToken,
            own: configuration.metadata + metadata)
        return CallContext(
            server: server, configuration: configuration, headers: headers, tls: try tls.get(),
            dialer: try dialer.get(), connections: connections, names: names, clock: clock,
            wire: wire, executor: executor, authority: server.named(by: configuration.tls).hostField)
    }
}
