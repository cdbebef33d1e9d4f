import GRPCCore
import GreeterCore
import TransportSupport

/// One RPC: finds a connection for it, opens its stream, and explains why there is none.
struct RPC: Sendable {
    let context: CallContext
    /// The full name of the method: `helloworld.Greeter/SayHello`.
    let method: String
    /// Whether it is known that one request is sent: it then leaves together with the metadata and the half-close.
    let isUnaryRequest: Bool

    /// Runs `body` with an open stream on which the metadata has been written.
    /// - Parameter timeout: How long the server may take; `nil` for no limit.
    /// - Throws: ``CallError`` when there is no stream, or `CancellationError`.
    func open(
        timeout: Duration?, _ body: @escaping @Sendable (GRPCConnection.Stream) async -> CallEnding
    ) async throws -> CallEnding {
        let connection = try context.connections.acquire(context)
        let isOpen = Once()
        do {
            let limit = TimeLimit(
                clock: context.clock, instant: context.clock.now + context.configuration.connectTimeout,
                error: CallError(.unavailable, "", at: .connect))
            var ending = try await limit.run(until: isOpen) {
                try await connection.withStream(for: descriptor, context.configuration) { stream in
                    _ = isOpen.claim()
                    try? await stream.outbound.write(.metadata(Metadata(context.headers, timeout: timeout)))
                    return await body(stream)
                }
            }
            let isLost = ending.error?.origin == .receive
            context.connections.release(connection, isLost: isLost)
            // A stream does not know why its connection has gone.
            if isLost, connection.progress.snapshot.isFlooded { ending.error = failure.flooded }
            return ending
        } catch {
            let stage = connection.progress.snapshot
            context.connections.release(connection, isLost: true)
            try Task.checkCancellation()
            if let late = error as? CallError, late.cause.isEmpty {
                throw connection.progress.proxyTimeout(context.dialer) ?? context.failure.timeout(at: stage.stage)
            }
            throw await failure.callError(for: error, at: stage)
        }
    }

    private var failure: GRPCFailure { GRPCFailure(context: context, method: method) }

    private var descriptor: MethodDescriptor {
        let parts = method.split(separator: "/", maxSplits: 1).map(String.init)
        // The library writes a path of service and method; where the address has one, it stands before both.
        let prefix = context.server.basePath.isEmpty ? "" : context.server.basePath.dropFirst() + "/"
        return MethodDescriptor(
            service: ServiceDescriptor(fullyQualifiedService: prefix + (parts.first ?? "")), method: parts.last ?? "",
            type: isUnaryRequest ? .serverStreaming : .bidirectionalStreaming)
    }
}
