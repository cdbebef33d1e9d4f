import DequeModule
import Synchronization

/// A plan that can be steered while it runs: requests are added by hand, and the stream is half-closed.
///
/// What is typed goes out as it comes, between the requests of the underlying plan. Once that is complete the stream
/// either ends or, when it is held open, goes on until ``halfClose()``.
///
/// A second run makes the same stream again, with every typed request at its place and the end where it was, and goes
/// on from there. One run at a time: a new source takes the place of the one before.
public final class SteeredPlan: RequestPlan {
    private let plan: any RequestPlan
    private let holdsOpen: Bool
    private let state = Mutex(SteeredStream())

    /// - Parameter holdsOpen: Whether the stream goes on after the plan is complete, until ``halfClose()``.
    public init(_ plan: any RequestPlan, holdsOpen: Bool) {
        self.plan = plan
        self.holdsOpen = holdsOpen
    }

    /// At most this many typed requests wait to be sent; ``send(_:)`` refuses more.
    public static let typedLimit = 1024
    /// At most this many typed requests are remembered for another run; with more there is none.
    public static let rememberedLimit = 10_000

    /// Requests pulled ahead of the transport before pulling waits; one batch more may be on the way.
    private static let pulledLimit = 512

    public var isRepeatable: Bool {
        plan.isRepeatable && state.withLock { $0.remembered.count < Self.rememberedLimit }
    }

    public var count: Int? { holdsOpen ? nil : plan.count }

    /// Adds a request to the stream.
    /// - Returns: whether it was taken; not after the half-close, nor when too many wait already.
    @discardableResult
    public func send(_ request: HelloRequest) -> Bool {
        let (taken, waiter) = state.withLock { state -> (Bool, SteeredStream.Waiter?) in
            guard !state.isClosed, state.typed.count < Self.typedLimit else { return (false, nil) }
            state.typed.append(request)
            return (true, state.consumer.take())
        }
        waiter?.resume()
        return taken
    }

    /// Ends the stream after what has been typed. What the plan had still to send is not sent.
    public func halfClose() {
        wake { state in
            state.isClosed = true
            if state.isEnding { state.pump?.cancel() }
        }
    }

    public func makeSource(clock: any CallClock) -> any RequestSource {
        let run = state.withLock { $0.begin() }
        let pump = Task { [weak self, plan] in
            var source = plan.makeSource(clock: clock)
            do {
                while let batch = try await source.next(atMost: Self.pulledLimit / 2) {
                    guard await self?.offer(batch, run: run) == true else { return }
                }
                self?.finishPlan(run: run, nil)
            } catch {
                self?.finishPlan(run: run, error)
            }
        }
        state.withLock { $0.pump = pump }
        return SteeredSource(plan: self)
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
    private func offer(_ batch: [HelloRequest], run: Int) async -> Bool {
        state.withLock { state -> SteeredStream.Waiter? in
            if state.run == run { state.pulled.append(contentsOf: batch) }
            return state.consumer.take()
        }?.resume()
        let isReady = { @Sendable (state: SteeredStream) in
            state.run != run || state.wantsNoMore || state.pulled.count < Self.pulledLimit
        }
        await wait(on: \.producer, unless: isReady)
        return state.withLock { $0.run == run && !$0.wantsNoMore }
    }

    /// The next requests for the transport; see ``RequestSource/next(atMost:)``.
    fileprivate func next(atMost limit: Int) async throws -> [HelloRequest]? {
        while true {
            try Task.checkCancellation()
            let (step, producer) = state.withLock { state in
                (state.step(limit: limit, holdsOpen: holdsOpen), state.producer.take())
            }
            producer?.resume()
            switch step {
            case .batch(let batch): return batch
            case .complete: return nil
            case .failed(let error): throw error
            case .wait: break
            }
            await withTaskCancellationHandler {
                await wait(on: \.consumer) { $0.isCancelled || $0.isReady(holdsOpen: holdsOpen) }
            } onCancel: {
                wake { state in
                    state.isCancelled = true
                    state.pump?.cancel()
                }
            }
        }
    }

    /// Changes the state and wakes whoever waits.
    private func wake(_ change: (inout SteeredStream) -> Void) {
        let (consumer, producer) = state.withLock { state in
            change(&state)
            return (state.consumer.take(), state.producer.take())
        }
        consumer?.resume()
        producer?.resume()
    }

    /// Suspends until somebody takes the waiter, unless `isReady` holds already.
    private func wait(
        on waiter: any WritableKeyPath<SteeredStream, SteeredStream.Waiter?> & Sendable,
        unless isReady: @Sendable (SteeredStream) -> Bool
    ) async {
        while !state.withLock({ isReady($0) }) {
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state -> Bool in
                    guard !isReady(state) else { return false }
                    state[keyPath: waiter] = continuation
                    return true
                }
                if !mustWait { continuation.resume() }
            }
            if state.withLock({ $0.isCancelled }) { return }
        }
    }
}

/// The run of a ``SteeredPlan``.
private struct SteeredSource: RequestSource {
    let plan: SteeredPlan

    mutating func next(atMost limit: Int) async throws -> [HelloRequest]? {
        try await plan.next(atMost: limit)
    }
}
