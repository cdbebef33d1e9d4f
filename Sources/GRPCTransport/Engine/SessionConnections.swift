import GreeterCore
import Synchronization
import TransportSupport

/// The connection that calls share, made for the first of them, and made anew after it was lost or given up.
final class SessionConnections: Sendable {
    private struct State {
        var current: SessionConnection?
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
        state.withLock { $0.current }?.close()
    }

    /// The connection for a call. To be given back with ``release(_:isLost:)``.
    func acquire(_ context: CallContext) throws(CallError) -> SessionConnection {
        try state.withLock { state throws(CallError) in
            guard !state.isShutDown else {
                throw CallError(.failedPrecondition, "the transport is shut down", at: .connect)
            }
            let connection: SessionConnection
            if let current = state.current, current.connection.isUsable {
                connection = current
            } else {
                connection = SessionConnection(context)
            }
            state.current = connection
            state.calls[ObjectIdentifier(connection), default: 0] += 1
            return connection
        }
    }

    /// Takes back a connection.
    /// - Parameter isLost: Whether it failed the call. The next call gets another; this one ends with the last call on it.
    func release(_ connection: SessionConnection, isLost: Bool) {
        let id = ObjectIdentifier(connection)
        let isOver = state.withLock { state in
            if isLost, state.current === connection { state.current = nil }
            let calls = (state.calls[id] ?? 1) - 1
            state.calls[id] = calls > 0 ? calls : nil
            return calls == 0 && state.current !== connection
        }
        if isOver { connection.close() }
    }

    /// Ends the connection: in order within the time given, and then at once.
    func shutdown() async {
        let current = state.withLock { state in
            state.isShutDown = true
            return state.current.take()
        }
        guard let current else { return }
        let connection = current.connection
        connection.goAway()
        await withTaskGroup { group in
            group.addTask { _ = try? await connection.ended() }
            group.addTask { [closeTimeout] in try? await ContinuousClock().sleep(for: closeTimeout) }
            await group.next()
            current.close()
            group.cancelAll()
        }
    }
}
