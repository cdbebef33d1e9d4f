public import RPCCore

/// Makes failed calls again, over any transport, as a ``RetryPolicy`` says.
///
/// To whoever watches, all attempts are one call: requests and replies are numbered on, each attempt is announced, and
/// the outcome is that of the last one, with what all of them have delivered. The user's hand on a call that waits for its
/// next attempt is ``CallSteering/current``.
public final class RetryInterceptor: CallInterceptor {
    private let policy: @Sendable () -> RetryPolicy
    private let throttle: RetryThrottle
    private let clock: any CallClock
    private let makeRandom: @Sendable () -> any RandomNumberGenerator & Sendable

    /// - Parameters:
    ///   - policy: Asked once for each call.
    ///   - throttle: Shared by all calls to the same server.
    ///   - random: Makes the source of chance of a call.
    public init(
        policy: @escaping @Sendable () -> RetryPolicy, throttle: RetryThrottle = RetryThrottle(),
        clock: any CallClock = SystemClock(),
        random: @escaping @Sendable () -> any RandomNumberGenerator & Sendable = { SystemRandomNumberGenerator() }
    ) {
        self.policy = policy
        self.throttle = throttle
        self.clock = clock
        makeRandom = random
    }

    public func intercept(
        _ call: Call, observer: any CallObserver, next: @escaping CallHandler
    ) async -> CallOutcome {
        let policy = policy()
        guard policy.mode != .off, policy.maximumAttempts > 1 else { return await next(call, observer) }
        let plan = ReplayedPlan(call.plan)
        let watch = AttemptObserver(observer, keys: ReplyKeys.current) {
            if policy.mode == .restart { plan.commit() }
        }
        let run = RetryRun(
            call: call, plan: plan, policy: policy, next: next, throttle: throttle, clock: clock,
            steering: CallSteering.current, watch: watch, observer: observer)
        let outcome = await run.perform(random: makeRandom())
        await observer.observe(.ended(outcome))
        return outcome
    }
}
