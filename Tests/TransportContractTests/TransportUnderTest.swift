import DemoServer
import GRPCTransport
import GatewayTransport
import Plans
import RPCCore
import Retry
import TestSupport
import Testing

/// What every transport must do, whatever carries its calls. One case after the other, so that the time limits mean it.
@Suite("Contract", .serialized)
enum Contract {}

/// A transport, and the server behind it, as the contract sees them.
struct TransportUnderTest: Sendable, CustomTestStringConvertible {
    var name: String
    /// What the demo server is to be like.
    var behaviour: DemoServerConfiguration.Behaviour
    /// Whether it makes failed calls again.
    var isRetrying = false
    /// Whether it speaks gRPC.
    var isNative = false
    /// Makes the transport. The last argument is how long a stream that may be over must be quiet before it is, for
    /// transports that must guess.
    private var makeTransport: @Sendable (ServerAddress, any CallClock, Duration) -> any Transport

    var testDescription: String { name }

    /// Every transport that keeps the contract. A further one is one line.
    static let all = [
        TransportUnderTest(name: "gateway, guide", behaviour: .guide, makeTransport: gateway),
        TransportUnderTest(name: "gateway, per message", behaviour: .perMessage, makeTransport: gateway),
        TransportUnderTest(
            name: "gateway, guide, retrying", behaviour: .guide, isRetrying: true,
            makeTransport: { retrying(gateway($0, $1, $2), $1) }),
        TransportUnderTest(name: "gRPC", behaviour: .guide, isNative: true, makeTransport: grpc),
        TransportUnderTest(
            name: "gRPC, retrying", behaviour: .guide, isRetrying: true, isNative: true,
            makeTransport: { retrying(grpc($0, $1, $2), $1) }),
    ]

    private static let gateway: @Sendable (ServerAddress, any CallClock, Duration) -> any Transport = {
        GatewayTransport(server: $0, configuration: GatewayConfiguration(quietTime: $2), clock: $1)
    }

    private static let grpc: @Sendable (ServerAddress, any CallClock, Duration) -> any Transport = {
        server, clock, _ in
        var server = server
        server.scheme = .grpc
        return GRPCTransport(server: server, configuration: GRPCConfiguration(), clock: clock)
    }

    private static func retrying(_ transport: any Transport, _ clock: any CallClock) -> any Transport {
        // A connection that is reset as soon as it is accepted may or may not have taken a request that stands alone.
        let policy = try? RetryPolicy(
            backoff: BackoffPolicy(initial: .milliseconds(1), maximum: .milliseconds(2), jitter: .full),
            allowsRepeatedPost: true)
        return InterceptedTransport(transport, [RetryInterceptor(policy: { policy ?? .off }, clock: clock)])
    }

    /// Where it finds a demo server.
    func address(of server: DemoServer) -> ServerAddress { isNative ? server.grpcAddress : server.address }

    /// A configuration with which a demo server takes another's place.
    func replacing(_ server: DemoServer) -> DemoServerConfiguration {
        DemoServerConfiguration(
            port: server.address.port, grpcPort: server.grpcAddress.port, behaviour: behaviour)
    }

    /// Whether a request is sent before the server has said anything.
    func sendsBlindly(_ kind: CallKind) -> Bool { !isNative && !kind.streamsRequests }

    /// Makes the transport.
    func make(
        _ address: ServerAddress, clock: any CallClock = SystemClock(), quietTime: Duration = .milliseconds(800)
    ) -> any Transport {
        makeTransport(address, clock, quietTime)
    }

    /// Whether the server ends a stream itself once the client has half-closed it, and not before.
    var endsStreams: Bool { behaviour == .guide }

    /// The replies to requests that greet `User 1` to `User count` in English.
    func replies(to kind: CallKind, count: Int) -> [String] {
        let greetings = (1..<count + 1).map { "Hello, User \($0)!" }
        switch (kind, behaviour) {
        case (.unary, _), (.bidirectional, .guide), (.clientStream, .perMessage): return greetings
        case (.serverStream, _): return greetings.flatMap { [$0, "\($0) (2 of 3)", "\($0) (3 of 3)"] }
        case (.bidirectional, .perMessage):
            return (1..<count + 1).flatMap { ["Hello, User \($0)!", "Processed greeting for User \($0)"] }
        case (.clientStream, .guide):
            let names = (1..<min(count, 3) + 1).map { "User \($0)" }
            let rest = count > 3 ? ["\(count - 3) more"] : []
            let list = (names + rest).isEmpty ? ["nobody"] : names + rest
            let text =
                list.count == 1 ? list[0] : list.dropLast().joined(separator: ", ") + " and " + list[list.count - 1]
            return ["Hello, \(text)! (\(count) request\(count == 1 ? "" : "s"))"]
        }
    }
}

extension PlanRun {
    /// Greets `User 1` to `User count` in English.
    static func users(_ count: Int) -> PlanRun {
        .repeating("User {i}", count, language: "en")
    }
}

/// Runs `body` with a transport to a demo server of its own.
func withTransport(
    _ test: TransportUnderTest, thinkTime: Duration = .zero, quietTime: Duration = .milliseconds(800),
    clock: any CallClock = SystemClock(),
    _ body: (any Transport, DemoServer) async throws -> Void
) async throws {
    let server = try await DemoServer.start(
        DemoServerConfiguration(behaviour: test.behaviour, thinkTime: thinkTime))
    let transport = test.make(test.address(of: server), clock: clock, quietTime: quietTime)
    do {
        try await body(transport, server)
    } catch {
        await transport.shutdown()
        await server.stop()
        throw error
    }
    await transport.shutdown()
    await server.stop()
}
