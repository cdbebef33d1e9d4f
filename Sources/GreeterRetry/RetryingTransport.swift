public import GreeterCore
import Synchronization

/// Makes failed calls again, over any transport, as a ``RetryPolicy`` says.
///
/// To whoever watches, all attempts are one call: requests and replies are numbered on, each attempt is announced, and
/// the outcome is that of the last one, with what all of them have delivered.
public final class RetryingTransport: GreeterTransport {
    private let transport: any GreeterTransport
    private let policy: @Sendable () -> RetryPolicy
    private let throttle: RetryThrottle
    private let clock: any CallClock
    private let makeRandom: @Sendable () -> any RandomNumberGenerator & Sendable

    /// - Parameters:
    ///   - policy: Asked once for each call.
    ///   - throttle: Shared by all calls to the same server.
    ///   - random: Makes the source of chance of a call.
    public init(
        _ transport: any GreeterTransport, policy: @escaping @Sendable () -> RetryPolicy,
        throttle: RetryThrottle = RetryThrottle(), clock: any CallClock = SystemClock(),
        random: @escaping @Sendable () -> any RandomNumberGenerator & Sendable = { SystemRandomNumberGenerator() }
    ) {
        self.transport = transport
        self.policy = policy
        self.throttle = throttle
        self.clock = clock
        makeRandom = random
    }

    public var server: ServerAddress { transport.server }

    public func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
        try await transport.checkHealth(deadline: deadline)
    }

    public func shutdown() async {
        await transport.shutdown()
    }

    @discardableResult
    public func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
        let policy = policy()
        guard policy.mode != .off, policy.maximumAttempts > 1 else {
            return await transport.perform(call, observer: observer)
        }
        let plan = ReplayedPlan.make(call.plan)
        let watch = AttemptObserver(observer) {
            if policy.mode == .restart { plan.commit() }
        }
        let run = RetryRun(
            call: call, plan: plan, policy: policy, transport: transport, throttle: throttle, clock: clock,
            watch: watch, observer: observer)
        let outcome = await run.perform(random: makeRandom())
        await observer.observe(.ended(outcome))
        return outcome
    }
}
