import DemoServer
import GRPCTransport
import Plans
import RPCCore
import TestSupport
import Testing

/// A configuration with times that no test waits for.
func patient(_ change: (inout GRPCConfiguration) -> Void = { _ in }) -> GRPCConfiguration {
    var configuration = GRPCConfiguration(connectTimeout: .seconds(100))
    change(&configuration)
    return configuration
}

/// Runs `body` with a transport to a demo server of its own, through a relay.
func withRelay(
    _ configuration: GRPCConfiguration = patient(),
    _ body: (GRPCTransport, Relay) async throws -> Void
) async throws {
    let demo = try await DemoServer.start()
    let relay = try await Relay(to: demo.grpcAddress.port)
    let transport = GRPCTransport(
        server: ServerAddress(scheme: .grpc, host: "127.0.0.1", port: relay.port), configuration: configuration)
    let result: Result<Void, any Error>
    do { result = .success(try await body(transport, relay)) } catch { result = .failure(error) }
    await transport.shutdown()
    try await relay.stop()
    await demo.stop()
    try result.get()
}

extension GRPCTransport {
    /// Makes a call that greets each name.
    func greet(
        _ kind: CallKind, _ names: [String] = ["Ana"], log: EventLog = EventLog(),
        options: RPCCore.CallOptions = CallOptions(deadline: .seconds(60))
    ) async -> CallOutcome {
        await perform(Call(kind, PlanRun(names: names), options: options), observer: log)
    }

    /// Makes calls until one succeeds: a machine that is too busy may answer a PING later than a short limit allows.
    func greetAtLast(_ kind: CallKind) async throws {
        while true {
            let outcome = await greet(kind)
            guard let error = outcome.error else { return }
            let isLost = error.isSafeToRetry || error.cause.hasSuffix("no answer to a keep-alive PING within 0.5 s")
            try #require(error.code == .unavailable && isLost, "\(error)")
        }
    }
}
