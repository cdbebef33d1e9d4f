import RPCCore

/// Lets a steered plan know of the replies, once the observer that they are for has taken them.
struct SteeredObserver: CallObserver {
    let plan: SteeredPlan
    let rules: SteeringRules
    let observer: any CallObserver

    func observe(_ event: CallEvent) async {
        await observer.observe(event)
        switch event {
        case .acknowledged, .paired: if rules.unanswered != nil { plan.count(event) }
        case .received(let messages):
            if rules.unanswered != nil { plan.count(event) }
            guard let pattern = rules.reply else { return }
            for message in messages where await matches(message, pattern) {
                if plan.halfClose() {
                    await observer.observe(
                        .notice("reply \(message.number) matches '\(pattern.text)', which ends the stream"))
                }
                return
            }
        default: break
        }
    }

    /// A search that takes too long counts as none, which is said.
    private func matches(_ message: StreamMessage, _ pattern: TextPattern) async -> Bool {
        if Task.isCancelled { return false }
        do throws(TextPattern.TooSlow) {
            return try message.matches(pattern)
        } catch {
            await observer.observe(.notice("reply \(message.number) counts as no match: \(error)"))
            return false
        }
    }
}

extension StreamMessage {
    fileprivate func matches(_ pattern: TextPattern) throws(TextPattern.TooSlow) -> Bool {
        switch role {
        case .response: try pattern.isFound(in: payload.summary)
        case .rejection(let reason): try pattern.isFound(in: reason)
        case .request, .noise: false
        }
    }
}
