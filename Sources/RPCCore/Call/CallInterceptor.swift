/// Makes a call, and returns its outcome when it is over: what ``Transport/perform(_:observer:)`` is.
public typealias CallHandler = @Sendable (_ call: Call, _ observer: any CallObserver) async -> CallOutcome

/// Makes a health check: what ``Transport/checkHealth(deadline:)`` is.
public typealias HealthHandler = @Sendable (_ deadline: Duration) async throws(CallError) -> HealthReport

/// Stands between who makes a call and the transport: changes the call on its way down, or what is told of it on its way up,
/// makes it several times, or not at all.
///
/// Whoever intercepts keeps what a transport promises: every event goes to the observer, the last one is
/// ``CallEvent/ended(_:)``, exactly once, with the outcome that is returned, and a cancelled task ends the call. Events come in
/// batches, and an interceptor that watches them hands `next` an observer of its own; one that does not costs a call nothing.
///
/// What is meant for one interceptor alone, and is another for each call, is a task-local value of that interceptor, which
/// the call does not know of.
public protocol CallInterceptor: Sendable {
    /// Makes a call.
    /// - Parameter next: Makes it by way of what comes after, down to the transport. May be called more than once.
    func intercept(_ call: Call, observer: any CallObserver, next: @escaping CallHandler) async -> CallOutcome

    /// Makes a health check. Unless it is implemented, `next` is asked.
    /// - Throws: ``CallError`` when it cannot be reached or says that it is not.
    func interceptHealthCheck(
        deadline: Duration, next: @escaping HealthHandler
    ) async throws(CallError) -> HealthReport
}

extension CallInterceptor {
    public func interceptHealthCheck(
        deadline: Duration, next: @escaping HealthHandler
    ) async throws(CallError) -> HealthReport {
        try await next(deadline)
    }
}

/// A transport whose calls go through interceptors.
public struct InterceptedTransport: Transport {
    private let transport: any Transport
    private let call: CallHandler
    private let health: HealthHandler

    /// - Parameter interceptors: From who makes a call down to the transport: the first is called by whoever makes the call, the
    ///   last one calls the transport, and what that tells reaches the last one first.
    public init(_ transport: any Transport, _ interceptors: [any CallInterceptor]) {
        self.transport = transport
        var call: CallHandler = { call, observer in await transport.perform(call, observer: observer) }
        var health: HealthHandler = { deadline throws(CallError) in try await transport.checkHealth(deadline: deadline)
        }
        for interceptor in interceptors.reversed() {
            call = { [next = call] call, observer in
                await interceptor.intercept(call, observer: observer, next: next)
            }
            health = { [next = health] deadline throws(CallError) in
                try await interceptor.interceptHealthCheck(deadline: deadline, next: next)
            }
        }
        (self.call, self.health) = (call, health)
    }

    public var server: ServerAddress { transport.server }

    @discardableResult
    public func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
        await self.call(call, observer)
    }

    public func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport { try await health(deadline) }

    public func shutdown() async { await transport.shutdown() }
}
