import Foundation
import NIOCore
import RPCCore
import TransportSupport

extension WebSocketSession {
    /// Reads until the server closes, the connection ends, or the task is cancelled.
    ///
    /// The next batch is not asked for before the observer has taken this one: two more wait at most, then the socket
    /// is not read.
    func read(_ decide: (WebSocketEnding) -> Void) async {
        let reader = context.reader
        do {
            for try await batch in inbound {
                if let roundTrip = activity.takeRoundTrip() { await context.recorder.pinged(roundTrip) }
                let arrivals = batch.compactMap { Arrival($0, by: reader) }
                guard !arrivals.isEmpty else { continue }
                let isOver = state.withLock { state in
                    state.isDelivering = true
                    return state.isOver
                }
                if isOver {
                    if arrivals.contains(where: \.endsConnection) { return }
                    continue
                }
                if let verdict = await deliver(arrivals) {
                    state.withLock { $0.isOver = true }
                    decide(verdict)
                    if state.withLock({ $0.isServerFinished }) { return }
                }
            }
            guard !Task.isCancelled else { return }
            decide(disconnected(""))
        } catch {
            guard !Task.isCancelled else { return }
            decide(disconnected(Self.describe(error)))
        }
    }

    /// Tells the observer of a batch.
    /// - Returns: the verdict if the batch ends the call.
    private func deliver(_ arrivals: [Arrival]) async -> WebSocketEnding? {
        let batch = state.withLock { state in
            // Read while nothing more can be sent, so that no reply is taken to be older than a request that it may answer.
            let now = context.clock.now
            var batch = state.ending.take(arrivals, by: context.reader, time: now, number: &state.received)
            if !state.ending.expectsReplies { batch.verdict = batch.verdict ?? state.planFailure }
            if batch.isServerFinished { state.isServerFinished = true }
            return batch
        }
        for notice in batch.notices { await context.recorder.notice(notice) }
        if let pairing = batch.pairing { await context.recorder.paired(pairing) }
        await context.recorder.received(batch.messages)
        await context.recorder.acknowledged(upTo: batch.acknowledged)
        if batch.isServerFinished { await context.recorder.serverFinished() }
        let delivered = context.clock.now
        state.withLock { state in
            state.isDelivering = false
            state.lastTraffic = delivered
        }
        return batch.verdict
    }

    private func disconnected(_ detail: String) -> WebSocketEnding {
        state.withLock { state in
            state.isServerFinished = true
            return WebSocketEnding(state.ending.endedByDisconnect(detail))
        }
    }

    private static func describe(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "" }
        return error.errnoCode == ECONNRESET ? " (connection reset)" : " (error \(error.errnoCode))"
    }
}

extension Arrival {
    /// Whether nothing can come after it.
    fileprivate var endsConnection: Bool {
        switch self {
        case .closed, .disconnected: true
        case .unacceptable(_, let closeCode): closeCode == 1002 || closeCode == 1009
        case .message: false
        }
    }
}
