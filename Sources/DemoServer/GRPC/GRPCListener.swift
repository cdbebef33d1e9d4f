import HTTP2Session
import NIOCore
import NIOPosix
import RPCCore
import Synchronization

/// The demo server's side that speaks gRPC: its services, health and reflection on a port of its own.
///
/// Memory of a connection: what its calls hold, see ``GRPCRouter``, at most ``HTTP2Configuration/maximumConcurrentStreams`` of them at
/// once, and 1,000 answers to PINGs that the client does not read.
final class GRPCListener: Sendable {
    /// The port that it really has.
    let port: Int
    private let channel: any Channel
    private let register: Register

    /// - Throws: when it cannot listen there.
    init(
        _ configuration: DemoServerConfiguration, faults: FaultRun, clock: any CallClock,
        group: MultiThreadedEventLoopGroup
    ) async throws {
        let greeter = GreeterService(configuration: configuration, faults: faults)
        let services = SchemaCall.methods(configuration, faults)
        let methods = [greeter.methods, services, HealthService.methods, ReflectionService().methods]
            .reduce(into: [:]) { all, some in all.merge(some) { first, _ in first } }
        let router = GRPCRouter(methods: methods, faults: faults, clock: clock)
        let register = Register()
        channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try faults.admit(channel)
                    try Self.configure(channel, router, faults.ordered, register)
                }
            }
            .bind(host: configuration.host, port: configuration.grpcPort)
            .get()
        port = channel.localAddress?.port ?? configuration.grpcPort
        self.register = register
    }

    private static func configure(
        _ channel: any Channel, _ router: GRPCRouter, _ faults: DemoFaults, _ register: Register
    ) throws {
        var settings = HTTP2Configuration()
        if let window = faults.window { settings.streamWindow = window }
        let handler = HTTP2SessionHandler(
            role: .server { stream in Task { await router.serve(stream) } }, configuration: settings)
        register.add(handler.connection, on: channel)
        let pipeline = channel.pipeline.syncOperations
        if faults.floodsWithPings { try pipeline.addHandler(PingFlood()) }
        try pipeline.addHandler(handler)
    }

    /// Stops listening, tells every client that no more calls are served, and closes every connection at once. May be called again.
    func stop() async {
        // The event loop may be gone the second time, and would never answer.
        guard let connections = register.stop() else { return }
        try? await channel.close()
        for connection in connections {
            connection.goAway(text: "the server stops")
            connection.close()
        }
        for connection in connections { _ = try? await connection.ended() }
    }
}

/// The connections that there are.
private final class Register: Sendable {
    private struct State {
        var connections: [ObjectIdentifier: HTTP2Connection] = [:]
        var isStopped = false
    }

    private let state = Mutex(State())

    func add(_ connection: HTTP2Connection, on channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let isLate = state.withLock { state in
            state.connections[id] = connection
            return state.isStopped
        }
        if isLate { connection.close() }
        channel.closeFuture.whenComplete { _ in self.state.withLock { $0.connections[id] = nil } }
    }

    /// Lets no more in.
    /// - Returns: those that are to be ended; `nil` where that was said before.
    func stop() -> [HTTP2Connection]? {
        state.withLock { state in
            guard !state.isStopped else { return nil }
            state.isStopped = true
            return Array(state.connections.values)
        }
    }
}
