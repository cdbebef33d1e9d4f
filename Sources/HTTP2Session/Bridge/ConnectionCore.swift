import NIOCore
import Synchronization
import Waiting

/// A connection between the tasks that use it and the event loop that carries it.
final class ConnectionCore: Sendable {
    struct Shared: HasWaiters {
        /// Streams that have something for the loop to do.
        var streams: [StreamCore] = []
        var commands: [Command] = []
        var isScheduled = false
        /// Runs ``HTTP2SessionHandler/service()`` on the loop; `nil` before the handler is in its channel, and after that.
        var wake: (@Sendable () -> Void)?

        var hasSettings = false
        var goAway: HTTP2GoAway?
        var isDraining = false
        var end: HTTP2ConnectionEnd?
        var waiters = Waiters()
    }

    /// What a task asks of the connection as a whole.
    enum Command: Sendable {
        case ping(PingAnswer)
        /// The stream is the first that is not served, where it is one of those that are there.
        case goAway(HTTP2ErrorCode, String, before: StreamCore?)
        case settings([HTTP2Setting])
        case snapshot(Reply<HTTP2Snapshot>)
        case close

        /// Nothing will come of it.
        func giveUp() {
            switch self {
            case .ping(let answer): answer.give(nil)
            case .snapshot(let reply): reply.give(nil)
            case .goAway, .settings, .close: break
            }
        }
    }

    let shared = Guarded(Shared())
    let configuration: HTTP2Configuration
    /// The number under which a tap knows the connection.
    let number: Int

    init(configuration: HTTP2Configuration, number: Int) {
        self.configuration = configuration
        self.number = number
    }

    /// Sees to it that the loop looks at the stream.
    func schedule(_ core: StreamCore) {
        let isNews = core.shared.withLock { state in
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        guard isNews else { return }
        let end = add { $0.streams.append(core) }
        if let end { core.refuse(end) }
    }

    /// - Returns: the end of the connection, where it is over: nothing will be done then.
    @discardableResult
    func submit(_ command: Command) -> HTTP2ConnectionEnd? {
        add { $0.commands.append(command) }
    }

    private func add(_ change: (inout Shared) -> Void) -> HTTP2ConnectionEnd? {
        let (end, wake) = shared.withLock { state -> (HTTP2ConnectionEnd?, (@Sendable () -> Void)?) in
            if let end = state.end { return (end, nil) }
            change(&state)
            guard !state.isScheduled, let wake = state.wake else { return (nil, nil) }
            state.isScheduled = true
            return (nil, wake)
        }
        wake?()
        return end
    }

    /// Ends everything that waits, where no handler does.
    func fail(_ error: any Error) {
        let end = HTTP2ConnectionEnd(reason: .broken(error))
        let isFirst = shared.withLock { state in
            guard state.end == nil else { return false }
            state.end = end
            state.waiters.wake()
            return true
        }
        guard isFirst else { return }
        let (streams, commands) = takeWork()
        for core in streams { core.refuse(end) }
        for command in commands { command.giveUp() }
    }

    /// Everything that is to be done; on the loop.
    func takeWork() -> (streams: [StreamCore], commands: [Command]) {
        shared.withLock { state in
            defer { (state.streams, state.commands, state.isScheduled) = ([], [], false) }
            return (state.streams, state.commands)
        }
    }

    /// Changes what tasks may be waiting for.
    func update(_ change: (inout Shared) -> Void) {
        shared.withLock { state in
            change(&state)
            state.waiters.wake()
        }
    }
}

extension StreamCore {
    /// The connection was over before the stream could be opened.
    fileprivate func refuse(_ end: HTTP2ConnectionEnd) {
        deliver([.end(.refused(.notSent(end)))])
        close([])
    }
}

/// A value that the loop gives to a task, once.
final class Reply<Value: Sendable>: Sendable {
    private struct State: HasWaiters {
        var value: Value?
        var isOver = false
        var waiters = Waiters()
    }

    private let state = Guarded(State())

    /// - Parameter value: `nil` where there will be none.
    func give(_ value: Value?) {
        state.withLock { state in
            guard !state.isOver else { return }
            (state.value, state.isOver) = (value, true)
            state.waiters.wake()
        }
    }

    /// - Returns: `nil` where there is none, and when the task is cancelled.
    func value() async -> Value? {
        while true {
            let (value, isOver) = state.withLock { ($0.value, $0.isOver) }
            if isOver || Task.isCancelled { return value }
            await state.wait(\.waiters) { !$0.isOver }
        }
    }
}

typealias PingAnswer = Reply<Duration>
