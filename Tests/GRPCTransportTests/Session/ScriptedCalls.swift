import RPCCore
import TestSupport
import Testing

@testable import GRPCTransport

/// Runs `body` with a transport to a server of a script, and takes both down again.
func withScript<Value: Sendable>(
    _ server: ScriptedServer, _ configuration: GRPCConfiguration = patient(), clock: any CallClock = SystemClock(),
    _ body: (GRPCTransport) async throws -> Value
) async throws -> Value {
    let transport = GRPCTransport(
        server: ServerAddress(scheme: .grpc, host: "127.0.0.1", port: server.port), configuration: configuration,
        clock: clock)
    let result: Result<Value, any Error>
    do { result = .success(try await body(transport)) } catch { result = .failure(error) }
    await transport.shutdown()
    try await server.stop()
    return try result.get()
}

/// The error of a call at a server of a script.
func error(
    of kind: CallKind = .unary, at server: ScriptedServer, _ configuration: GRPCConfiguration = patient()
) async throws -> CallError {
    var error: CallError?
    try await withScript(server, configuration) { error = await $0.greet(kind).error }
    return try #require(error)
}
