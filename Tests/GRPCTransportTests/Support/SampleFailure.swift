import NIOPosix
import RPCCore
import TransportSupport

@testable import GRPCTransport

extension GRPCFailure {
    /// The failures of a method of a server that is never called.
    static func sample(_ method: String) -> GRPCFailure {
        let server = ServerAddress(scheme: .grpc, host: "127.0.0.1", port: 1)
        guard
            let headers = try? RequestHeaders(
                server: server, token: nil, allowsPlaintextToken: false, own: []),
            let dialer = try? Dialer(
                to: server, through: ProxySettings(), tls: TLSOptions(), limit: .seconds(1)),
            let tls = try? TLSSetup(for: server, options: TLSOptions(), protocols: ["h2"], closeTimeout: .seconds(1))
        else { preconditionFailure("nothing in it can be wrong") }
        let context = CallContext(
            server: server, configuration: GRPCConfiguration(), headers: headers, tls: tls,
            dialer: dialer, connections: GRPCConnections(GRPCConfiguration(), isBalanced: false),
            names: KnownNames(), clock: SystemClock(),
            executor: EventLoopExecutor(MultiThreadedEventLoopGroup.singleton.any()), authority: server.hostField)
        return GRPCFailure(context: context, method: method)
    }
}
