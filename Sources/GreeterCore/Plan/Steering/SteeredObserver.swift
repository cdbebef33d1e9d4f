/// Lets a steered plan know of the replies, once the observer that they are for has taken them.
struct SteeredObserver: CallObserver {
    let plan: SteeredPlan
    let rules: SteeringRules
    let observer: any CallObserver

    func observe(_ event: CallEvent) async {
        await observer.observe(event)
        switch event {
        case .acknowledged(let number) where rules.unanswered != nil: plan.answered(upTo: number)
        case .received(let messages):
            guard let pattern = rules.reply, let match = messages.first(where: { $0.matches(pattern) }) else { return }
            if plan.halfClose() {
                await observer.observe(
                    .notice("reply \(match.number) matches '\(pattern.text)', which ends the stream"))
            }
        default: break
        }
    }
}

extension StreamMessage {
    fileprivate func matches(_ pattern: TextPattern) -> Bool {
        switch body {
        case .reply(let reply): pattern.isFound(in: reply.message)
        case .refusal(let reason): pattern.isFound(in: reason)
        case .request, .markerEcho: false
        }
    }
}
