import HTTP2Session
import NIOCore
import RPCCore
import Synchronization
import TransportSupport

/// The connections that calls share: one, or one to each address of the server's name. They are made when a call first needs them,
/// and made anew after they were lost or take no more calls.
///
/// Calls take turns over the addresses that answer. One that does not is left out, and tried again as calls come, at growing
/// intervals; at once where no other answers. The name is resolved anew after a connection was lost.
final class GRPCConnections: Sendable {
    fileprivate struct State {
        var seats: [Seat]
        /// The seat whose turn it is.
        var next = 0
        /// Calls that go on or wait, by the connection that they are on.
        var calls: [ObjectIdentifier: Int] = [:]
        var isShutDown = false
        /// When the name was last resolved; `nil` for not yet.
        var resolved: Duration?
        var isResolving = false
        /// After how long a silence a new connection sends a keep-alive PING.
        var keepAlive: Duration?
    }

    /// How long the addresses of a name are good for while one of them answers.
    private static let resolutionInterval = Duration.seconds(30)

    private let state: Mutex<State>
    /// Whether there is a seat for each address.
    private let isBalanced: Bool
    private let connectTimeout: Duration
    private let closeTimeout: Duration

    /// - Parameter isBalanced: Whether the addresses of the server's name are servers of their own, between which calls take turns.
    init(_ configuration: GRPCConfiguration, isBalanced: Bool) {
        self.isBalanced = isBalanced
        connectTimeout = configuration.connectTimeout
        closeTimeout = configuration.closeTimeout
        state = Mutex(State(seats: isBalanced ? [] : [Seat(nil)], keepAlive: configuration.keepAlive))
    }

    deinit {
        for seat in state.withLock({ $0.seats }) { seat.connection?.close() }
    }

    /// After how long a silence a new connection sends a keep-alive PING; `nil` for never.
    var keepAlive: Duration? { state.withLock { $0.keepAlive } }

    // MARK: For a call

    /// The connection for a call, where one is there. To be given back with ``release(_:isLost:at:)``.
    /// - Returns: `nil` where one has to be waited for, with ``connect(_:_:)``.
    func ready(_ context: CallContext) throws(CallError) -> GRPCConnection? {
        let now = context.clock.now
        let (connection, spent, isStale) = try state.withLock { state throws(CallError) in
            try state.checkOpen()
            let spent = state.sweep(at: now, connectTimeout)
            guard let index = state.nextReady(), let connection = state.seats[index].connection else {
                return (GRPCConnection?.none, spent, false)
            }
            state.next = index + 1
            state.add(connection)
            // Only where there are others: they are to have their turn again.
            if state.seats.count > 1 { state.fill(context, at: now) }
            return (connection, spent, isBalanced && state.isStale(at: now, Self.resolutionInterval, !spent.isEmpty))
        }
        for connection in spent { connection.close() }
        if isStale { Task { await refresh(context) } }
        return connection
    }

    /// Makes the connections that there are to be, and waits for the first that is there.
    /// - Throws: the error of the last one, ``CallError``, or `CancellationError`.
    func connect(_ context: CallContext, _ attempt: Attempt) async throws -> GRPCConnection {
        try await resolveIfNeeded(context)
        let (candidates, spent) = try state.withLock { state throws(CallError) in
            try state.checkOpen()
            let spent = state.sweep(at: context.clock.now, connectTimeout)
            state.fill(context, at: nil)
            let candidates = state.seats.compactMap(\.connection)
            for candidate in candidates { state.add(candidate) }
            return (candidates, spent)
        }
        for connection in spent { connection.close() }
        attempt.waits(for: candidates.last)
        var rest = candidates
        do {
            let first = try await Self.first(of: candidates) { failed in
                attempt.waits(for: failed)
                rest.removeAll { $0 === failed }
                self.release(failed, isLost: true, at: context.clock.now)
            }
            for other in rest where other !== first { release(other, isLost: false, at: context.clock.now) }
            attempt.succeeded(with: first)
            return first
        } catch {
            for other in rest { release(other, isLost: true, at: context.clock.now) }
            throw error
        }
    }

    /// The first that is ready.
    /// - Parameter failed: Told of each that comes to nothing before.
    private static func first(
        of candidates: [GRPCConnection], failed: (GRPCConnection) -> Void
    ) async throws -> GRPCConnection {
        // Nearly always: no tasks are needed for it.
        if candidates.count == 1, let only = candidates.first {
            try await only.ready()
            return only
        }
        return try await withThrowingTaskGroup(of: (GRPCConnection, Result<Void, any Error>).self) { group in
            defer { group.cancelAll() }
            for candidate in candidates {
                group.addTask {
                    do { return (candidate, .success(try await candidate.ready())) } catch {
                        return (candidate, .failure(error))
                    }
                }
            }
            var last: any Error = CancellationError()
            for try await (candidate, result) in group {
                guard case .failure(let error) = result else { return candidate }
                try Task.checkCancellation()
                failed(candidate)
                last = error
            }
            throw last
        }
    }

    /// Takes back a connection.
    /// - Parameter isLost: Whether it failed the call. The next call gets another; this one ends with the last call on it.
    func release(_ connection: GRPCConnection, isLost: Bool, at now: Duration) {
        let isOver = state.withLock { state in
            if isLost { state.giveUp(connection, at: now) }
            let id = ObjectIdentifier(connection)
            let calls = (state.calls[id] ?? 1) - 1
            state.calls[id] = calls > 0 ? calls : nil
            return calls == 0 && !state.seats.contains { $0.connection === connection }
        }
        if isOver { connection.close() }
    }

    // MARK: Addresses

    private func resolveIfNeeded(_ context: CallContext) async throws {
        guard isBalanced, state.withLock({ $0.seats.allSatisfy { $0.connection == nil } }) else { return }
        let loop = context.executor.loop
        // The system's resolver cannot be interrupted: it is left behind when nobody waits any more.
        let waiting = loop.makePromise(of: [SocketAddress].self)
        context.dialer.addresses(on: loop).cascade(to: waiting)
        let addresses = try await withTaskCancellationHandler {
            // An error is one of the resolver: as good as no address.
            do { return try await waiting.futureResult.get() } catch {
                try Task.checkCancellation()
                return []
            }
        } onCancel: {
            waiting.fail(CancellationError())
        }
        let hasAny = take(addresses, at: context.clock.now)
        if !hasAny { throw context.failure.unresolved }
    }

    /// Looks whether the name has other addresses by now, while calls go on.
    private func refresh(_ context: CallContext) async {
        let addresses = (try? await context.dialer.addresses(on: context.executor.loop).get()) ?? []
        _ = take(addresses, at: context.clock.now)
    }

    /// Has a seat for each of these addresses. Where there are none, those known before stay.
    /// - Returns: whether there is any.
    private func take(_ addresses: [SocketAddress], at now: Duration) -> Bool {
        let (hasAny, gone) = state.withLock { state in
            (state.resolved, state.isResolving) = (now, false)
            guard !addresses.isEmpty else { return (!state.seats.isEmpty, [GRPCConnection]()) }
            let old = state.seats
            state.seats = addresses.map { address in old.first { $0.address == address } ?? Seat(address) }
            let gone = old.filter { !addresses.contains($0.address ?? addresses[0]) }.compactMap(\.connection)
            return (true, gone.filter { state.calls[ObjectIdentifier($0)] == nil })
        }
        for connection in gone { connection.close() }
        return hasAny
    }

    // MARK: The end

    /// Ends the connections: in order within the time given, and then at once.
    func shutdown() async {
        let all = state.withLock { state in
            state.isShutDown = true
            defer { state.seats = [] }
            return state.seats.compactMap(\.connection)
        }
        guard !all.isEmpty else { return }
        for connection in all { connection.connection.goAway() }
        await withTaskGroup { group in
            group.addTask { for connection in all { _ = try? await connection.connection.ended() } }
            group.addTask { [closeTimeout] in try? await ContinuousClock().sleep(for: closeTimeout) }
            await group.next()
            for connection in all { connection.close() }
            group.cancelAll()
        }
    }
}

// MARK: - Under the lock

extension GRPCConnections.State {
    func checkOpen() throws(CallError) {
        guard isShutDown else { return }
        throw CallError(.failedPrecondition, "the transport is shut down", at: .connect)
    }

    /// Another call is on a connection, or waits for it.
    mutating func add(_ connection: GRPCConnection) {
        calls[ObjectIdentifier(connection), default: 0] += 1
    }

    /// The next seat by turns on whose connection a call can be made at once.
    func nextReady() -> Int? {
        guard !seats.isEmpty else { return nil }
        let start = next % seats.count
        return (start..<start + seats.count).lazy.map { $0 % seats.count }.first { seats[$0].isReady }
    }

    /// Gives up what takes no more calls.
    /// - Returns: the connections that nobody is on.
    mutating func sweep(at now: Duration, _ connectTimeout: Duration) -> [GRPCConnection] {
        var spent: [GRPCConnection] = []
        for index in seats.indices {
            guard let connection = seats[index].sweep(at: now, connectTimeout) else { continue }
            learn(from: connection)
            if calls[ObjectIdentifier(connection)] == nil { spent.append(connection) }
        }
        return spent
    }

    mutating func giveUp(_ connection: GRPCConnection, at now: Duration) {
        guard let index = seats.firstIndex(where: { $0.connection === connection }) else { return }
        _ = seats[index].giveUp(at: now)
        learn(from: connection)
    }

    /// A server that finds that it is sent too many PINGs is sent half as many from the next connection on (gRFC A8).
    private mutating func learn(from connection: GRPCConnection) {
        guard let used = connection.keepAlive, connection.connection.goAway?.isTooManyPings == true else { return }
        keepAlive = max(keepAlive ?? used, used * 2)
    }

    /// Asks for the connections that are missing.
    /// - Parameter now: Leaves out those that are to wait by then; `nil` for none.
    mutating func fill(_ context: CallContext, at now: Duration?) {
        for index in seats.indices where now.map({ seats[index].isDue(at: $0) }) ?? (seats[index].connection == nil) {
            seats[index].take(GRPCConnection(context, to: seats[index].address, keepAlive: keepAlive))
        }
    }

    /// Whether the name is to be resolved anew, which is then being done.
    mutating func isStale(at now: Duration, _ interval: Duration, _ hasLost: Bool) -> Bool {
        guard !isResolving, now - (resolved ?? now) >= interval else { return false }
        guard hasLost || seats.contains(where: { $0.connection == nil }) else { return false }
        isResolving = true
        return true
    }
}

/// What a call without a connection waits for, for the text of an error.
final class Attempt: Sendable {
    private let newest = Mutex<GRPCConnection?>(nil)
    private let result = Mutex<GRPCConnection?>(nil)

    func waits(for connection: GRPCConnection?) {
        newest.withLock { $0 = connection }
    }

    func succeeded(with connection: GRPCConnection) {
        result.withLock { $0 = connection }
    }

    /// How far it has come. Before there is a connection, the name is being resolved.
    var progress: ConnectionProgress { newest.withLock { $0 }?.progress ?? ConnectionProgress() }

    /// The connection that came of it, be it too late.
    var connection: GRPCConnection? { result.withLock { $0 } }
}

extension HTTP2GoAway {
    /// Whether the server ends the connection for the PINGs that it is sent (gRFC A8).
    var isTooManyPings: Bool { code == .enhanceYourCalm && text == "too_many_pings" }
}
