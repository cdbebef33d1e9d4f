import DequeModule
import Synchronization

/// A plan whose one run can be steered while it goes on: requests are added by hand, and the stream is half-closed.
///
/// The requests of the underlying plan come first come first served with those typed. Once the plan is complete the
/// stream either ends or, when it is held open, goes on until ``halfClose()``.
public final class SteeredPlan: RequestPlan {
    private let plan: any RequestPlan
    private let holdsOpen: Bool
    private let state = Mutex(State())

    /// - Parameter holdsOpen: Whether the stream goes on after the plan is complete, until ``halfClose()``.
    public init(_ plan: any RequestPlan, holdsOpen: Bool) {
        self.plan = plan
        self.holdsOpen = holdsOpen
    }

    /// At most this many typed requests wait to be sent; ``send(_:)`` refuses more.
    public static let typedLimit = 1024

    /// Requests pulled ahead of the transport, so that pulling can be ended without losing what was pulled.
    private static let pulledLimit = 512

    public var isRepeatable: Bool { false }
    public var count: Int? { holdsOpen ? nil : plan.count }

    /// Adds a request to the stream.
    /// - Returns: whether it was taken; not after the half-close, nor when too many wait already.
    @discardableResult
    public func send(_ request: HelloRequest) -> Bool {
        let (taken, waiter) = state.withLock { state -> (Bool, Waiter?) in
            guard !state.isClosed, state.typed.count < Self.typedLimit else { return (false, nil) }
            state.typed.append(request)
            return (true, state.consumer.take())
        }
        waiter?.resume()
        return taken
    }

    /// Ends the stream after what has been typed. What the plan had still to send is not sent.
    public func halfClose() {
        let (pump, consumer, producer) = state.withLock { state in
            state.isClosed = true
            return (state.pump, state.consumer.take(), state.producer.take())
        }
        pump?.cancel()
        consumer?.resume()
        producer?.resume()
    }

    public func makeSource(clock: any CallClock) -> any RequestSource {
        let pump = Task { [weak self, plan] in
            var source = plan.makeSource(clock: clock)
            do {
                while let batch = try await source.next(atMost: Self.pulledLimit / 2) {
                    guard await self?.offer(batch) == true else { return }
                }
                self?.finishPlan(nil)
            } catch {
                self?.finishPlan(error)
            }
        }
        state.withLock { $0.pump = pump }
        return SteeredSource(plan: self)
    }

    fileprivate typealias Waiter = CheckedContinuation<Void, Never>

    fileprivate struct State {
        var pulled: Deque<HelloRequest> = []
        var typed: Deque<HelloRequest> = []
        var isPlanComplete = false
        var isClosed = false
        var isCancelled = false
        var failure: (any Error)?
        var consumer: Waiter?
        var producer: Waiter?
        var pump: Task<Void, Never>?
    }

    private func finishPlan(_ error: (any Error)?) {
        state.withLock { state -> Waiter? in
            state.isPlanComplete = true
            state.failure = error is CancellationError ? nil : error
            return state.consumer.take()
        }?.resume()
    }

    /// Takes a batch from the plan and waits until there is room for another.
    /// - Returns: whether more is wanted.
    private func offer(_ batch: [HelloRequest]) async -> Bool {
        state.withLock { state -> Waiter? in
            state.pulled.append(contentsOf: batch)
            return state.consumer.take()
        }?.resume()
        while true {
            let decided = state.withLock { state -> Bool? in
                if state.isClosed || state.isCancelled { return false }
                return state.pulled.count < Self.pulledLimit ? true : nil
            }
            if let decided { return decided }
            await wait(on: \.producer) { $0.isClosed || $0.isCancelled || $0.pulled.count < Self.pulledLimit }
        }
    }

    /// The next requests for the transport; see ``RequestSource/next(atMost:)``.
    fileprivate func next(atMost limit: Int) async throws -> [HelloRequest]? {
        while true {
            try Task.checkCancellation()
            let step = state.withLock { $0.step(limit: limit, holdsOpen: holdsOpen) }
            step.producer?.resume()
            switch step.result {
            case .batch(let batch): return batch
            case .complete: return nil
            case .failed(let error): throw error
            case .wait: break
            }
            await withTaskCancellationHandler {
                await wait(on: \.consumer) { $0.isReady(holdsOpen: holdsOpen) || $0.isCancelled }
            } onCancel: {
                cancel()
            }
        }
    }

    private func cancel() {
        let (pump, consumer, producer) = state.withLock { state in
            state.isCancelled = true
            return (state.pump, state.consumer.take(), state.producer.take())
        }
        pump?.cancel()
        consumer?.resume()
        producer?.resume()
    }

    /// Suspends until somebody takes the waiter, unless `isReady` holds already.
    private func wait(
        on waiter: any WritableKeyPath<State, Waiter?> & Sendable, unless isReady: @Sendable (State) -> Bool
    ) async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state -> Bool in
                if isReady(state) { return true }
                state[keyPath: waiter] = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
    }
}

extension SteeredPlan.State {
    fileprivate enum Step {
        case batch([HelloRequest])
        case complete
        case failed(any Error)
        case wait
    }

    fileprivate func isReady(holdsOpen: Bool) -> Bool {
        !typed.isEmpty || isClosed || failure != nil || !pulled.isEmpty || (isPlanComplete && !holdsOpen)
    }

    fileprivate mutating func step(limit: Int, holdsOpen: Bool) -> (result: Step, producer: SteeredPlan.Waiter?) {
        if !typed.isEmpty { return (.batch(typed.takeFirst(limit)), nil) }
        if isClosed { return (.complete, producer.take()) }
        if !pulled.isEmpty {
            let batch = pulled.takeFirst(limit)
            return (.batch(batch), producer.take())
        }
        if let failure { return (.failed(failure), nil) }
        if isPlanComplete && !holdsOpen { return (.complete, nil) }
        return (.wait, nil)
    }
}

extension Deque {
    fileprivate mutating func takeFirst(_ limit: Int) -> [Element] {
        let batch = Array(prefix(limit))
        removeFirst(batch.count)
        return batch
    }
}

/// The one run of a ``SteeredPlan``.
private struct SteeredSource: RequestSource {
    let plan: SteeredPlan

    mutating func next(atMost limit: Int) async throws -> [HelloRequest]? {
        try await plan.next(atMost: limit)
    }
}
