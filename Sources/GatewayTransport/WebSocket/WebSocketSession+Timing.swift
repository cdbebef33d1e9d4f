import RPCCore
import TransportSupport

extension WebSocketSession {
    /// Ends the call when a limit has passed.
    func expire(_ limit: TimeLimit) async -> Step {
        guard let instant = limit.instant, await sleep(until: instant) else { return .nothing }
        return .verdict(.failure(limit.error, rule: "the deadline passed", closeCode: 1001))
    }

    /// Ends the call when nothing has come for the quiet time and nothing is missing that can be counted.
    func watchForQuiet() async -> Step {
        while await waitForQuiet() {
            let now = context.clock.now
            if let verdict = state.withLock({ $0.ending.endByQuiet(after: now - $0.lastTraffic) }) {
                return .verdict(WebSocketEnding(verdict))
            }
            // Whatever changes this is traffic, and quiet can only follow it.
            guard await sleep(until: context.clock.now + quietTime) else { break }
        }
        return .nothing
    }

    /// Ends the call after a write error, once the server has had time to be heard.
    func giveUp(_ error: CallError) async -> Step {
        guard await sleep(until: context.clock.now + context.configuration.closeTimeout) else { return .nothing }
        return .verdict(.failure(error, rule: "the connection broke while sending", closeCode: 1000))
    }

    /// Ends the call after the plan failed, once the replies to what was sent have come, or it is quiet.
    func abort(_ error: CallError) async -> Step {
        let verdict = WebSocketEnding.failure(error, rule: "the plan failed", closeCode: 1001)
        let expectsReplies = state.withLock { state in
            state.planFailure = verdict
            return state.ending.expectsReplies
        }
        if expectsReplies { guard await waitForQuiet() else { return .nothing } }
        return .verdict(verdict)
    }

    /// Returns when nothing has come for the quiet time; false when cancelled.
    private func waitForQuiet() async -> Bool {
        while true {
            let (lastTraffic, isDelivering) = state.withLock { ($0.lastTraffic, $0.isDelivering) }
            let now = context.clock.now
            let instant = isDelivering ? now + quietTime : lastTraffic + quietTime
            if instant <= now { return !Task.isCancelled }
            guard await sleep(until: instant) else { return false }
        }
    }

    /// At least a hundredth of a second, so that watching costs nothing.
    private var quietTime: Duration { max(context.configuration.quietTime, .milliseconds(10)) }

    /// - Returns: false when cancelled.
    func sleep(until instant: Duration) async -> Bool {
        do {
            try await context.clock.sleep(until: instant)
            return true
        } catch {
            return false
        }
    }
}
