import HTTP2Session
import RPCCore
import TransportSupport

/// One RPC: finds a connection for it, waits for that, opens a stream, and explains why there is none.
struct RPC: Sendable {
    let context: CallContext
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
        // A connection that is there is not waited for, nor is a task made to watch the time.
        let connection =
            if let ready = try context.connections.ready(context) { ready } else { try await connect() }
        let stream = connection.connection.open(
            HTTP2Headers(context, method: method, timeout: timeout), waitsForBytes: isUnaryRequest)
        let ending = await body(stream)
        context.connections.release(connection, isLost: connection.connection.standing == .spent, at: context.clock.now)
        return ending
    }

    private func connect() async throws -> GRPCConnection {
        let attempt = Attempt()
        let limit = TimeLimit(
            clock: context.clock, instant: context.clock.now + context.configuration.connectTimeout,
            error: CallError(.unavailable, "", at: .connect))
        do {
            return try await limit.run { try await context.connections.connect(context, attempt) }
        } catch {
            if let late = attempt.connection { context.connections.release(late, isLost: false, at: context.clock.now) }
            try Task.checkCancellation()
            let progress = attempt.progress
            if let late = error as? CallError, late.cause.isEmpty {
                throw progress.proxyTimeout(context.dialer) ?? context.failure.timeout(at: progress.snapshot.stage)
            }
            throw await GRPCFailure(context: context, method: method).callError(for: error, at: progress.snapshot)
        }
    }
}
