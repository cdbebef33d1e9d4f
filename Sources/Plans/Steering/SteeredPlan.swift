import DequeModule
public import RPCCore
import Waiting

/// A plan that can be steered while it runs: requests are added by hand, the stream is half-closed, and
/// ``SteeringRules`` end it or hold it back.
///
/// What is typed goes out as it comes, between the requests of the underlying plan. Once that is complete the stream
/// either ends or, when it is held open, goes on until ``halfClose()``.
///
/// A second run makes the same stream again, with every typed request at its place and the end where it was, and goes
/// on from there. One run at a time: a new source takes the place of the one before.
public final class SteeredPlan: RequestPlan {
    private let plan: any RequestPlan
    private let holdsOpen: Bool
    private let rules: SteeringRules
    private let state: Guarded<SteeredStream>

    /// - Parameters:
    ///   - holdsOpen: Whether the stream goes on after the plan is complete, until ``halfClose()``.
    ///   - rules: What else steers it. Those about replies take effect where the call's events go through
    ///     ``watching(_:)``.
    public init(_ plan: any RequestPlan, holdsOpen: Bool, rules: SteeringRules = SteeringRules()) {
        self.plan = plan
        self.holdsOpen = holdsOpen
        self.rules = rules
        state = Guarded(SteeredStream(window: rules.unanswered ?? .max))
    }

    /// A run of a plan as a call of this kind, with the plan's own rules.
    public convenience init(_ run: PlanRun, for kind: CallKind, holdsOpen: Bool) {
        self.init(run, holdsOpen: holdsOpen, rules: SteeringRules(of: run.document, for: kind))
    }

    deinit {
        for task in state.withLock({ $0.takeTasks() }) { task.cancel() }
    }

    /// At most this many typed requests wait to be sent; ``send(_:)`` refuses more.
    public static let typedLimit = 1024
    /// At most this many typed requests are remembered for another run; with more there is none.
    public static let rememberedLimit = 10_000

    /// Requests pulled ahead of the transport before pulling waits, until half of them are taken; one batch more may be on the
    /// way.
    private static let pulledLimit = 768
    /// As many as transports take at once, so that a batch is handed on whole.
    private static let pulledBatch = 256

    public var isRepeatable: Bool {
        plan.isRepeatable && state.withLock { $0.remembered.count < Self.rememberedLimit }
    }

    public var count: Int? { holdsOpen ? nil : plan.count }
    public var correlation: Correlation? { plan.correlation }

    /// The underlying plan, without what is typed.
    public var written: WrittenPlan? { plan.written }

    /// Adds a request to the stream.
    /// - Returns: whether it was taken; not after the half-close, nor when too many wait already.
    @discardableResult
    public func send(_ request: MessageValue) -> Bool {
        state.withLock { state in
            guard !state.isClosed, state.typed.count < Self.typedLimit else { return false }
            state.typed.append(request)
            state.consumer.wake()
            return true
        }
    }

    /// Ends the stream after what has been typed. What the plan had still to send is not sent.
    /// - Returns: whether that is news.
    @discardableResult
    public func halfClose() -> Bool {
        let (isNews, pump) = wake { state in
            defer { state.isClosed = true }
            state.timer?.cancel()
            return (!state.isClosed, state.isReplaying ? nil : state.pump)
        }
        pump?.cancel()
        return isNews
    }

    /// An observer that passes everything on and lets the plan know of the replies. It belongs where all attempts of the
    /// call are one: outside of a transport that retries.
    public func watching(_ observer: any CallObserver) -> any CallObserver {
        SteeredObserver(plan: self, rules: rules, observer: observer)
    }

    /// Counts the answers that an event tells of: more may be sent.
    func count(_ event: CallEvent) {
        wake { $0.answers.observe(event) }
    }

    public func makeSource(
        _ encoder: MessageEncoder, clock: any CallClock, skipping count: Int
    ) -> any RequestSource {
        for task in state.withLock({ $0.takeTasks() }) { task.cancel() }
        let (run, skipped, used) = state.withLock { $0.begin(skipping: count, at: clock.now) }
        startPump(run, encoder, clock: clock, skipping: skipped)
        if let time = rules.time { startTimer(run, clock: clock, time - used) }
        return SteeredSource(plan: self, encoder: encoder, clock: clock)
    }

    private func startTimer(_ run: Int, clock: any CallClock, _ time: Duration) {
        let timer = Task { [weak self] in
            guard (try? await clock.sleep(for: time)) != nil else { return }
            self?.expire(run)
        }
        state.withLock { $0.timer = timer }
    }

    private func expire(_ run: Int) {
        if state.withLock({ $0.run == run }) { halfClose() }
    }

    private func startPump(_ run: Int, _ encoder: MessageEncoder, clock: any CallClock, skipping count: Int) {
        let pump = Task { [weak self, plan] in
            var source = plan.makeSource(encoder, clock: clock, skipping: count)
            do {
                while let batch = try await source.next(atMost: Self.pulledBatch) {
                    guard await self?.offer(batch, run: run) == true else { return }
                }
                self?.finishPlan(run: run, nil)
            } catch {
                self?.finishPlan(run: run, error)
            }
        }
        state.withLock { $0.pump = pump }
    }

    private func finishPlan(run: Int, _ error: (any Error)?) {
        wake { state in
            guard state.run == run else { return }
            state.isPlanComplete = true
            state.failure = error is CancellationError ? nil : error
        }
    }

    /// Takes a batch from the plan and waits until there is room for another.
    /// - Returns: whether more is wanted.
    private func offer(_ batch: [Payload], run: Int) async -> Bool {
        let isFull = state.withLock { state in
            if state.run == run { state.pulled.append(batch) }
            state.consumer.wake()
            return !state.hasRoom(Self.pulledLimit)
        }
        // Whoever is woken for each batch that is taken spends more on waking than on the batch.
        if isFull {
            await wait(\.producer) { $0.run == run && !$0.wantsNoMore && !$0.hasRoom(Self.pulledLimit / 2) }
        }
        return state.withLock { $0.run == run && !$0.wantsNoMore }
    }

    /// The next requests for the transport; see ``RequestSource/next(atMost:)``.
    fileprivate func next(atMost limit: Int, _ encoder: MessageEncoder, clock: any CallClock) async throws -> [Payload]?
    {
        while true {
            try Task.checkCancellation()
            let now = clock.now
            let step = state.withLock { state in
                defer { if state.wantsNoMore || state.hasRoom(Self.pulledLimit / 2) { state.producer.wake() } }
                return state.step(limit: limit, holdsOpen: holdsOpen, at: now)
            }
            switch step {
            case .batch(let batch): return batch
            case .typed(let values):
                do throws(MessageProblem) {
                    return try values.map { value throws(MessageProblem) in try encoder.payload(value) }
                } catch {
                    throw PlanError(place: "the request that was typed", problem: error.description)
                }
            case .complete: return nil
            case .failed(let error): throw error
            case .wait: break
            }
            let alarm = startAlarm(clock)
            defer { alarm?.cancel() }
            let needsAlarm = alarm == nil && rules.timeout != nil
            await withTaskCancellationHandler {
                await wait(\.consumer) {
                    !$0.isCancelled && !$0.isReady(holdsOpen: holdsOpen) && !(needsAlarm && $0.isHeldBack)
                }
            } onCancel: {
                wake { state in
                    state.isCancelled = true
                    return state.pump
                }?.cancel()
            }
        }
    }

    /// Fails the stream after a while, where it is held back by replies that do not come.
    private func startAlarm(_ clock: any CallClock) -> Task<Void, Never>? {
        guard let timeout = rules.timeout, let unanswered = rules.unanswered else { return nil }
        let state = self.state.withLock { (run: $0.run, answered: $0.answered, isHeldBack: $0.isHeldBack) }
        guard state.isHeldBack else { return nil }
        let error = PlanError(
            place: "flow",
            problem: "no answer to \(unanswered == 1 ? "the request" : "\(unanswered) requests") within "
                + "\(timeout.text), and no more may be unanswered; most servers answer a client stream when it has "
                + "ended: use another kind of call, or take 'unanswered' away")
        return Task { [weak self] in
            guard (try? await clock.sleep(for: timeout)) != nil else { return }
            self?.wake { current in
                if current.run == state.run, current.answered == state.answered { current.timeoutError = error }
            }
        }
    }

    /// Changes the state and wakes whoever waits.
    @discardableResult
    private func wake<Value: Sendable>(_ change: (inout SteeredStream) -> Value) -> Value {
        state.withLock { state in
            state.consumer.wake()
            state.producer.wake()
            return change(&state)
        }
    }

    /// Waits as long as that is needed, or until the task is cancelled.
    private func wait(
        _ waiters: any WritableKeyPath<SteeredStream, Waiters> & Sendable,
        while isNeeded: @Sendable (inout SteeredStream) -> Bool
    ) async {
        while state.withLock(isNeeded), !Task.isCancelled { await state.wait(waiters, while: isNeeded) }
    }
}

/// The run of a ``SteeredPlan``.
private struct SteeredSource: RequestSource {
    let plan: SteeredPlan
    let encoder: MessageEncoder
    let clock: any CallClock

    mutating func next(atMost limit: Int) async throws -> [Payload]? {
        try await plan.next(atMost: limit, encoder, clock: clock)
    }
}
