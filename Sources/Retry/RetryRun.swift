import RPCCore

/// One call with all its attempts.
struct RetryRun {
    let call: Call
    let plan: ReplayedPlan
    let policy: RetryPolicy
    /// Makes an attempt.
    let next: CallHandler
    let throttle: RetryThrottle
    let clock: any CallClock
    let steering: CallSteering?
    let watch: AttemptObserver
    let observer: any CallObserver

    func perform(random: any RandomNumberGenerator & Sendable) async -> CallOutcome {
        var random = random
        var backoff = Backoff(policy.backoff)
        let start = clock.now
        var attempt = 1
        var lastEvent: LastEvent?
        while true {
            let leftOut = LeftOutRequests(policy.mode == .resume ? watch.answered : RequestNumbers())
            watch.begin(attempt: attempt, leavingOut: leftOut)
            let limits = limits(start: start)
            var attemptCall = call
            attemptCall.plan = plan.leaving(out: leftOut)
            attemptCall.options.deadline = limits.deadline
            attemptCall.options.lastEventID = policy.mode == .resume ? lastEvent?.id : nil
            let outcome = await next(attemptCall, watch)
            watch.ended(outcome.delivery)
            guard var error = outcome.error else {
                throttle.recordSuccess()
                return total(outcome, attempts: attempt)
            }
            // Where replies say which requests they answer, who carries the call does not know of it.
            error.delivery.settle(answered: watch.answered.count - leftOut.count)
            lastEvent = LastEvent(error, answered: watch.delivery.answered, before: lastEvent)
            let situation = RetryDecision.Situation(
                kind: call.kind, attempt: attempt, error: error, isReplyShown: watch.isReplyShown,
                isPlanRepeatable: plan.isRepeatable, timeLeft: timeLeft(start: start),
                isAttemptDeadline: limits.isOfAttempt && error.code == .deadlineExceeded,
                goesOnAfterEvent: call.kind == .serverStream && lastEvent != nil)
            let decision = RetryDecision.make(
                situation, policy: policy, backoff: &backoff, throttle: throttle, random: &random)
            switch decision {
            case .stop(let reason):
                // Worth saying only where another attempt could have been expected.
                if policy.retryableCodes.contains(error.code) { await observer.observe(.notice("no retry: \(reason)")) }
                return total(outcome, attempts: attempt)
            case .retry(let delay):
                await observer.observe(.attemptEnded(error, at: clock.now))
                if await !wait(for: attempt + 1, delay) { return cancelled(after: outcome, attempts: attempt) }
                attempt += 1
            }
        }
    }

    // MARK: Waiting

    /// Announces the next attempt and waits for its time.
    /// - Returns: whether it is to be made; not when the call was cancelled.
    private func wait(for attempt: Int, _ delay: BackoffDelay) async -> Bool {
        let start = clock.now + delay.length
        let asked = steering?.requests ?? 0
        await observer.observe(
            .retryScheduled(
                RetrySchedule(
                    attempt: attempt, maximumAttempts: policy.maximumAttempts, start: start, delay: delay.length,
                    bound: delay.bound, formula: delay.formula,
                    firstRequest: policy.mode == .resume ? watch.answered.prefix + 1 : 1, throttle: throttle.level)))
        return await withTaskGroup { group in
            group.addTask { (try? await clock.sleep(until: start)) != nil }
            if let steering { group.addTask { await steering.retryIsAsked(since: asked) } }
            let isDue = await group.next() ?? false
            group.cancelAll()
            return isDue && !Task.isCancelled
        }
    }

    // MARK: Deadlines

    /// How long the call may still take; `nil` where it has no deadline, or the deadline does not count yet.
    private func timeLeft(start: Duration) -> Duration? {
        guard let deadline = call.options.deadline else { return nil }
        switch call.options.deadlineStart {
        case .call: return start + deadline - clock.now
        case .halfClose: return watch.halfCloseTime.map { $0 + deadline - clock.now }
        }
    }

    /// The deadline of an attempt, and whether it is the attempt's own rather than the call's.
    private func limits(start: Duration) -> (deadline: Duration?, isOfAttempt: Bool) {
        let left = call.options.deadlineStart == .call ? timeLeft(start: start) : call.options.deadline
        guard let own = policy.attemptDeadline else { return (left, false) }
        guard let left else { return (own, true) }
        return own < left ? (own, true) : (left, false)
    }

    // MARK: Outcomes

    /// The outcome of the last attempt as that of the call: with what all attempts have delivered.
    private func total(_ outcome: CallOutcome, attempts: Int) -> CallOutcome {
        var outcome = outcome
        let last = outcome.delivery
        outcome.delivery = watch.delivery
        (outcome.delivery.isCutShort, outcome.delivery.unsent) = (last.isCutShort, last.unsent)
        outcome.error?.delivery = outcome.delivery
        outcome.attempts = attempts
        return outcome
    }

    private func cancelled(after outcome: CallOutcome, attempts: Int) -> CallOutcome {
        var error = CallError(
            .cancelled, "given up while waiting for the next attempt", at: .cancellation,
            isSafeToRetry: outcome.error?.isSafeToRetry ?? false)
        error.delivery = watch.delivery
        return CallOutcome(
            error: error, delivery: watch.delivery, time: clock.now, rule: "the user gave up", attempts: attempts)
    }
}

/// After which event the stream of a request can go on. It holds for that request, over all attempts that hear no newer one.
private struct LastEvent {
    let id: String
    /// How many requests were answered before the one whose stream it was.
    let answered: Int

    /// - Parameter before: What was known before the attempt that has failed.
    init?(_ error: CallError, answered: Int, before: LastEvent?) {
        if let id = error.lastEventID {
            self.id = id
        } else if let before, before.answered == answered {
            id = before.id
        } else {
            return nil
        }
        self.answered = answered
    }
}
