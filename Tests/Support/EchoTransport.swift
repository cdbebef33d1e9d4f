public import RPCCore
import Synchronization

/// A transport without a network: every request is answered at once, in order, and what is to go wrong is ordered.
public final class EchoTransport: Transport {
    /// What happens to a call.
    public enum Behaviour: Hashable, Sendable {
        /// Each request gets a reply; the call ends after the half-close.
        case answers
        /// The server cannot be reached.
        case refuses
        /// The connection is lost once so many requests were sent.
        case drops(after: Int)
        /// The server accepts the call and then says nothing.
        case stalls
    }

    public let server: ServerAddress
    private let clock: any CallClock
    private let behaviour: Mutex<Behaviour>
    private let calls = Mutex(0)
    private let shutdowns = Mutex(0)

    public init(
        _ behaviour: Behaviour = .answers, clock: any CallClock,
        server: ServerAddress = ServerAddress(scheme: .http, host: "127.0.0.1", port: 8010)
    ) {
        self.behaviour = Mutex(behaviour)
        self.clock = clock
        self.server = server
    }

    /// What happens to the next call.
    public func behave(_ behaviour: Behaviour) {
        self.behaviour.withLock { $0 = behaviour }
    }

    /// Calls that go on.
    public var liveCalls: Int { calls.withLock { $0 } }
    public var shutdownCount: Int { shutdowns.withLock { $0 } }

    public func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
        if behaviour.withLock({ $0 }) == .refuses { throw Self.refusal }
        return HealthReport(message: "Service is healthy", roundTrip: .milliseconds(1))
    }

    public func shutdown() async {
        shutdowns.withLock { $0 += 1 }
    }

    private static let refusal = CallError(
        .unavailable, "connection refused", at: .connect, advice: "start the server", isSafeToRetry: true)

    public func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
        calls.withLock { $0 += 1 }
        defer { calls.withLock { $0 -= 1 } }
        var delivery = Delivery()
        await observer.observe(.attemptStarted(Attempt(start: clock.now, wallTime: clock.wallTime)))
        let error = await run(call, observer: observer, delivery: &delivery)
        var outcome = CallOutcome(
            error: error, delivery: delivery, time: clock.now, rule: error == nil ? "the server closed" : "failed")
        outcome.error?.delivery = delivery
        await observer.observe(.ended(outcome))
        return outcome
    }

    private func run(_ call: Call, observer: any CallObserver, delivery: inout Delivery) async -> CallError? {
        let behaviour = behaviour.withLock { $0 }
        if behaviour == .refuses { return Self.refusal }
        await observer.observe(.opened(ConnectionInfo(time: clock.now, transport: "echo", route: "/echo")))
        var source = call.plan.makeSource(clock: clock)
        do {
            if behaviour == .stalls { try await clock.sleep(for: .seconds(86_400)) }
            while let batch = try await source.next(atMost: 256) {
                for request in batch {
                    delivery.sent += 1
                    await observer.observe(.sent([message(delivery.sent, .request(request))]))
                    if behaviour == .drops(after: delivery.sent) {
                        return CallError(.unavailable, "connection lost", at: .receive)
                    }
                    delivery.received += 1
                    delivery.answered += 1
                    let reply = HelloReply(message: "Hello, \(request.name)!", language: request.language)
                    await observer.observe(.received([message(delivery.received, .reply(reply))]))
                    await observer.observe(.acknowledged(upTo: delivery.sent))
                }
            }
            await observer.observe(.halfClosed(at: clock.now))
            await observer.observe(.serverFinished(at: clock.now))
            return nil
        } catch is CancellationError {
            return CallError(.cancelled, "cancelled", at: .cancellation)
        } catch {
            return CallError(.invalidArgument, "\(error)", at: .plan)
        }
    }

    private func message(_ number: Int, _ body: StreamMessage.Body) -> StreamMessage {
        let answers: Int? = if case .reply = body { number } else { nil }
        return StreamMessage(
            number: number, time: clock.now, size: 40, form: .textFrame, body: body, answers: answers)
    }
}
