import GreeterCore
import Synchronization
import TransportSupport

/// The connection that calls share, made for the first of them, and made anew after one was lost.
final class GRPCConnections: Sendable {
    private struct State {
        var current: GRPCConnection?
        /// Calls that go on, by the connection that they are on.
        var calls: [ObjectIdentifier: Int] = [:]
        var isShutDown = false
    }

    private let state = Mutex(State())
    private let closeTimeout: Duration

    init(closeTimeout: Duration) {
        self.closeTimeout = closeTimeout
    }

    deinit {
        state.withLock { $0.current }?.cancel()
    }

    /// The connection for a call. To be given back with ``release(_:isLost:)``.
    func acquire(_ context: CallContext) throws(CallError) -> GRPCConnection {
        try state.withLock { state throws(CallError) in
            guard !state.isShutDown else {
                throw CallError(.failedPrecondition, "the transport is shut down", at: .connect)
            }
            let connection: GRPCConnection
            if let current = state.current, !current.isSpent {
                connection = current
            } else {
                connection = try GRPCConnection(context)
            }
            state.current = connection
            state.calls[ObjectIdentifier(connection), default: 0] += 1
            return connection
        }
    }

    /// Takes back a connection.
    /// - Parameter isLost: Whether it failed the call. The next call gets another, with the name resolved anew and nothing
    ///   waited for; this one ends with the last call on it.
    func release(_ connection: GRPCConnection, isLost: Bool) {
        let id = ObjectIdentifier(connection)
        let isOver = state.withLock { state in
            if isLost, state.current === connection { state.current = nil }
            let calls = (state.calls[id] ?? 1) - 1
            state.calls[id] = calls > 0 ? calls : nil
            return calls == 0 && state.current !== connection
        }
        if isOver { connection.cancel() }
    }

    func shutdown() async {
        let connection = state.withLock { state in
            state.isShutDown = true
            return state.current.take()
        }
        await connection?.close(within: closeTimeout)
    }
}
