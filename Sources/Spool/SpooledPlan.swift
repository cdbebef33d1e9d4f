package import RPCCore
import Waiting

/// A plan that can be run once, made repeatable: what it has made is kept, as far as there is room, and each attempt
/// reads it from the beginning before more is made.
///
/// What is being made goes on when an attempt ends, so that nothing of it is lost.
package final class SpooledPlan: RequestPlan {
    fileprivate struct State: HasWaiters {
        var spool: RequestSpool
        /// Requests made after the spool was given up, on their way to the only attempt that can have them.
        var passing: [Payload] = []
        var isKeeping = true
        var isPulling = false
        var isFinished = false
        var failure: (any Error)?
        var source: (any RequestSource)?
        var pull: Task<Void, Never>?
        var waiters = Waiters()
    }

    private let plan: any RequestPlan
    private let state: Guarded<State>

    package init(_ plan: any RequestPlan, spool: sending RequestSpool = RequestSpool()) {
        self.plan = plan
        state = Guarded(State(spool: spool))
    }

    deinit { state.withLock { $0.pull }?.cancel() }

    package var correlation: Correlation? { plan.correlation }

    /// Whether everything that was made is kept, so that another attempt gets it again.
    package var isComplete: Bool { state.withLock { $0.isKeeping } }

    /// Keeps no more: there will be no other attempt.
    package func commit() {
        state.withLock { $0.isKeeping = false }
    }

    package func makeSource(
        _ encoder: MessageEncoder, clock: any CallClock, skipping count: Int
    ) -> any RequestSource {
        state.withLock { state in
            if state.source == nil { state.source = plan.makeSource(encoder, clock: clock) }
        }
        return Source(plan: self, skipped: count)
    }

    private struct Source: RequestSource {
        let plan: SpooledPlan
        /// So many of the next requests are dropped.
        var skipped: Int
        var cursor = RequestSpool.Cursor()

        mutating func next(atMost limit: Int) async throws -> [Payload]? {
            while true {
                try Task.checkCancellation()
                switch plan.take(&cursor, atMost: max(skipped, limit)) {
                case .batch(let batch) where batch.count <= skipped: skipped -= batch.count
                case .batch(let batch):
                    defer { skipped = 0 }
                    return skipped == 0 ? batch : Array(batch.dropFirst(skipped))
                case .complete: return nil
                case .failed(let error): throw error
                case .wait:
                    plan.pullMore()
                    await plan.state.wait(\.waiters) { $0.isPulling }
                }
            }
        }
    }

    private enum Step {
        case batch([Payload])
        case complete
        case failed(any Error)
        case wait
    }

    private func take(_ cursor: inout RequestSpool.Cursor, atMost limit: Int) -> Step {
        state.withLock { state in
            guard let kept = state.spool.read(&cursor, atMost: limit) else {
                return .failed(PlanError(place: "the spool", problem: "its file cannot be read any more"))
            }
            if !kept.isEmpty { return .batch(kept) }
            if !state.passing.isEmpty {
                let batch = Array(state.passing.prefix(limit))
                state.passing.removeFirst(batch.count)
                return .batch(batch)
            }
            if let failure = state.failure { return .failed(failure) }
            return state.isFinished ? .complete : .wait
        }
    }

    /// Makes the next batch, unless that goes on already.
    private func pullMore() {
        state.withLock { state in
            guard !state.isPulling, !state.isFinished, state.failure == nil, let source = state.source else { return }
            state.isPulling = true
            state.pull = Task { [weak self] in
                var source = source
                let result: Result<[Payload]?, any Error>
                do {
                    result = .success(try await source.next(atMost: 256))
                } catch {
                    result = .failure(error)
                }
                self?.pulled(result, source: source)
            }
        }
    }

    private func pulled(_ result: Result<[Payload]?, any Error>, source: any RequestSource) {
        state.withLock { state in
            state.isPulling = false
            state.source = source
            switch result {
            case .success(let batch?): state.keep(batch)
            case .success(nil): state.isFinished = true
            case .failure(let error): state.failure = error
            }
            state.waiters.wake()
        }
    }
}

extension SpooledPlan.State {
    fileprivate mutating func keep(_ batch: [Payload]) {
        if isKeeping, spool.append(batch) { return }
        isKeeping = false
        passing += batch
    }
}
