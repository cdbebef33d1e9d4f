import DemoServer
import GRPCTransport
import GatewayTransport
import Plans
import RPCCore
import TestSupport
import Testing

@Suite("TLS over every transport", .serialized, .timeLimit(.minutes(10)))
struct TLSMatrixTests {
    @Test(
        "a call ends well, or before anything is sent in a sentence with what to try", arguments: Cell.all,
        ServerAddress.Dialect.allCases)
    func ends(_ cell: Cell, _ dialect: ServerAddress.Dialect) async throws {
        let demo = try await DemoServer.start()
        let port = dialect == .grpc ? demo.grpcAddress.port : demo.address.port
        let relay = try await Relay(
            to: port,
            as: cell.certificate.map { .init(certificate: $0, clientAuthority: cell.asks ? "authority" : nil) })
        let scheme: ServerAddress.Scheme = dialect == .grpc ? .grpc : .http
        let server = ServerAddress(
            scheme: cell.isSecure ? scheme.secured : scheme, host: cell.host, port: relay.port)
        let transport = Self.transport(to: server, cell.tls)
        for kind in CallKind.allCases {
            let log = EventLog()
            let outcome = await transport.perform(
                Call(kind, PlanRun(names: ["Ana"]), options: CallOptions(deadline: .seconds(60))), observer: log)
            check(outcome, cell, server, kind)
        }
        await transport.shutdown()
        try await relay.stop()
        await demo.stop()
    }

    private func check(_ outcome: CallOutcome, _ cell: Cell, _ server: ServerAddress, _ kind: CallKind) {
        func filled(_ text: String?) -> String? {
            text?.replacing("SERVER", with: server.authority)
                .replacing("PLAIN", with: server.scheme.unsecured.rawValue)
                .replacing("SECURE", with: server.scheme.secured.rawValue)
        }
        let gateway = server.scheme.dialect == .gateway ? cell.gateway : nil
        if let gateway {
            // What the system says of it may follow.
            #expect(outcome.error?.cause.hasPrefix(gateway.cause) == true, "\(kind)")
        } else {
            #expect(outcome.error?.cause == filled(cell.cause), "\(kind)")
        }
        #expect(outcome.error?.advice == filled(gateway?.advice ?? cell.advice), "\(kind)")
        guard cell.cause != nil else { return #expect(outcome.delivery.answered == 1, "\(kind)") }
        #expect(outcome.error?.code == (gateway == nil ? .failedPrecondition : .unavailable), "\(kind)")
        #expect(outcome.delivery.answered == 0 && outcome.delivery.received == 0, "\(kind)")
    }

    private static func transport(to server: ServerAddress, _ tls: TLSOptions) -> any Transport {
        switch server.scheme.dialect {
        case .gateway:
            GatewayTransport(
                server: server, configuration: GatewayConfiguration(connectTimeout: .seconds(100), tls: tls))
        case .grpc: GRPCTransport(server: server, configuration: patient { $0.tls = tls })
        }
    }
}
