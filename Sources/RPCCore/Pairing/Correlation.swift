/// The fields that say which request a reply of a bidirectional stream answers: where they are the same.
public struct Correlation: Hashable, Sendable {
    /// The path of a field of requests: `correlation`, `header.id`.
    public var request: String
    /// The path of a field of replies.
    public var reply: String

    public init(request: String, reply: String) {
        (self.request, self.reply) = (request, reply)
    }
}

extension Call {
    /// What finds out from the order of replies which requests they answer; `nil` where replies say it, or need not.
    ///
    /// Who carries a call asks for it once. Without it nothing is concluded from the order of replies, and nothing is said of it:
    /// ``CorrelationInterceptor`` does the rest.
    package var replyOrder: ReplyOrder? {
        kind == .bidirectional && plan.correlation == nil ? ReplyOrder() : nil
    }
}

/// Gives replies their requests by a field of both, where the plan says which, and says so where it seems that one could.
///
/// It must be above who makes a call again, because it goes by the numbers of requests in the call.
public struct CorrelationInterceptor: CallInterceptor {
    public init() {}

    public func intercept(
        _ call: Call, observer: any CallObserver, next: @escaping CallHandler
    ) async -> CallOutcome {
        guard call.kind == .bidirectional else { return await next(call, observer) }
        if let correlation = call.plan.correlation {
            let keys = ReplyKeys(correlation)
            let outcome = await ReplyKeys.$current.withValue(keys) {
                await next(call, CorrelatingObserver(observer, keys))
            }
            return keys.completed(outcome)
        }
        let offer = CorrelationOffer(call.method)
        guard offer.isPossible else { return await next(call, observer) }
        return await next(call, OfferingObserver(observer, offer))
    }
}

/// Puts the number of its request into each reply that has one, after it has told by which fields.
private final class CorrelatingObserver: CallObserver {
    private let observer: any CallObserver
    private let keys: ReplyKeys

    init(_ observer: any CallObserver, _ keys: ReplyKeys) {
        (self.observer, self.keys) = (observer, keys)
    }

    func observe(_ event: CallEvent) async {
        switch event {
        case .sent(let messages):
            let notice = keys.remember(messages)
            await observer.observe(event)
            await say(notice)
        case .received(let messages):
            await tellRule()
            let (answers, notice) = keys.pair(messages)
            await say(notice)
            await observer.observe(.received(answers))
        case .attemptStarted:
            await observer.observe(event)
            await tellRule()
        case .acknowledged(let number):
            keys.acknowledge(upTo: number)
            await observer.observe(event)
        case .paired: break
        case .ended(let outcome): await observer.observe(.ended(keys.completed(outcome)))
        default: await observer.observe(event)
        }
    }

    private func tellRule() async {
        if let rule = keys.takeRule() { await observer.observe(.paired(rule)) }
    }

    private func say(_ notice: String?) async {
        if let notice { await observer.observe(.notice(notice)) }
    }
}
