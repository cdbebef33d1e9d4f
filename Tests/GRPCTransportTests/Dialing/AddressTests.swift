import DemoServer
import GRPCTransport
import GatewayTransport
import NIOCore
import NIOPosix
import Plans
import RPCCore
import TestSupport
import Testing

@Suite("Names with several addresses", .timeLimit(.minutes(10)))
struct AddressTests {
    /// Runs `body` with an address of loopback at which connecting takes for ever: its backlog is full.
    private func withBlackHole(_ body: (SocketAddress) async throws -> Void) async throws {
        let (descriptor, port) = try LoopbackSocket.bound(host: "127.0.0.2", backlog: 0)
        defer { close(descriptor) }
        let place = try SocketAddress(ipAddress: "127.0.0.2", port: port)
        func fill() -> EventLoopFuture<any Channel> {
            ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connectTimeout(.seconds(100)).connect(
                to: place)
        }
        // The one that fits in, and some that wait.
        let first = fill()
        _ = try await first.get()
        let fillers = [first] + (0..<3).map { _ in fill() }
        let result: Result<Void, any Error>
        do { result = .success(try await body(place)) } catch { result = .failure(error) }
        for filler in fillers { filler.whenSuccess { $0.close(promise: nil) } }
        try result.get()
    }

    // Of a gateway only what goes over a WebSocket: the client library of HTTP has a resolver of its own.
    @Test(
        "where nobody answers at the first address, the second is called, within the limit for the first",
        arguments: CallKind.allCases.map { ($0, true) } + [(.clientStream, false), (.bidirectional, false)])
    func second(kind: CallKind, isNative: Bool) async throws {
        let demo = try await DemoServer.start()
        try await withBlackHole { hole in
            var server = isNative ? demo.grpcAddress : demo.address
            let good = try SocketAddress(ipAddress: "127.0.0.1", port: server.port)
            server.host = "two.example"
            let resolver: @Sendable (any EventLoop) -> any Resolver & Sendable = {
                FixedResolver(eventLoop: $0, six: [hole], four: [good])
            }
            let transport: any Transport =
                isNative
                ? GRPCTransport(
                    server: server, configuration: patient(), clock: SystemClock(), makeResolver: resolver)
                : GatewayTransport(
                    server: server, configuration: GatewayConfiguration(connectTimeout: .seconds(100)),
                    clock: SystemClock(), makeResolver: resolver)
            let outcome = await transport.perform(
                Call(kind, PlanRun(names: ["Ana"]), options: CallOptions(deadline: .seconds(50))), observer: EventLog())
            #expect(outcome.error == nil)
            await transport.shutdown()
        }
        await demo.stop()
    }
}
