import GreeterCore
import HTTP2Session
import TransportSupport

/// One RPC on the shared connection: finds it, waits for it, opens a stream, and explains why there is none.
struct SessionRPC: Sendable {
    let context: CallContext
    let connections: SessionConnections
    /// The full name of the method: `helloworld.Greeter/SayHello`.
    let method: String
    /// Whether one request is sent at once: it then leaves together with the header block and the half-close.
    let isUnaryRequest: Bool

    /// Runs `body` with a stream whose header block is on its way.
    /// - Parameter timeout: How long the server may take; `nil` for no limit.
    /// - Throws: ``CallError`` when there is no connection, or `CancellationError`.
    func open(
        timeout: Duration?, _ body: @escaping @Sendable (HTTP2Stream) async -> CallEnding
    ) async throws -> CallEnding {
        let connection = try connections.acquire(context)
        do {
            // A connection that is there is not waited for, nor is a task made to watch the time.
            if !connection.connection.isReady { try await wait(for: connection) }
            let stream = connection.connection.open(
                HTTP2Headers(context, method: method, timeout: timeout), waitsForBytes: isUnaryRequest)
            let ending = await body(stream)
            connections.release(connection, isLost: ending.error?.origin == .receive)
            return ending
        } catch {
            let stage = connection.progress.snapshot
            connections.release(connection, isLost: true)
            try Task.checkCancellation()
            if let late = error as? CallError, late.cause.isEmpty {
                throw connection.progress.proxyTimeout(context.dialer) ?? context.failure.timeout(at: stage.stage)
            }
            throw await GRPCFailure(context: context, method: method).callError(for: error, at: stage)
        }
    }

    private func wait(for connection: SessionConnection) async throws {
        let limit = TimeLimit(
            clock: context.clock, instant: context.clock.now + context.configuration.connectTimeout,
            error: CallError(.unavailable, "", at: .connect))
        try await limit.run { try await connection.ready() }
    }
}
