import DequeModule
import Synchronization

/// What the requests of a call have in the field by which replies say which one they answer, their keys; and which requests are
/// answered.
///
/// A key that two requests have is none any more: nobody can say which of them a reply with it answers, and it answers neither.
package final class ReplyKeys: Sendable {
    /// Those of the call that is made in this task, where its plan says which fields they are.
    @TaskLocal package static var current: ReplyKeys?

    /// The keys of so many requests are remembered, the newest.
    package static let limit = 65_536
    /// What the keys that are remembered may have together, in bytes.
    package static let byteLimit = 16 << 20

    fileprivate struct Owner {
        var number: Int
        /// Whether another request has the key as well.
        var isShared = false
    }

    fileprivate struct State {
        var owners: [String: Owner] = [:]
        /// The keys with their requests, from the one that was sent first.
        var order: Deque<(key: String, number: Int)> = []
        var bytes = 0
        var answers = AnswerCount()
        var isRuleTold = false
        var isStrangerTold = false
        var isSharingTold = false
    }

    private let correlation: Correlation
    private let state: Mutex<State>

    package init(_ correlation: Correlation) {
        self.correlation = correlation
        var state = State()
        state.answers.observe(.paired(Pairing(correlation: correlation)))
        self.state = Mutex(state)
    }

    /// The requests that are answered: a reply has their key, which no other request has, or the server has acknowledged them.
    package var answered: RequestNumbers { state.withLock { $0.answers.answered } }

    /// The rule that answers belong to requests by their keys, for the first time that it is asked for.
    func takeRule() -> Pairing? {
        state.withLock { state in
            defer { state.isRuleTold = true }
            return state.isRuleTold ? nil : Pairing(correlation: correlation)
        }
    }

    /// Every request up to this one is answered.
    func acknowledge(upTo number: Int) {
        state.withLock { $0.answers.observe(.acknowledged(upTo: number)) }
    }

    /// Takes requests that are about to be sent, for the first time or once more, with their numbers in the call.
    /// - Returns: what the user should know of them.
    @discardableResult
    package func remember(_ requests: [StreamMessage]) -> String? {
        let keys = requests.map { $0.payload.key(correlation.request) }
        return state.withLock { state in
            var notice: String?
            for (request, key) in zip(requests, keys) {
                guard let key, let first = state.remember(key, request.number), !state.isSharingTold else { continue }
                state.isSharingTold = true
                notice =
                    "requests \(first) and \(request.number) have the same \(correlation.request): replies that have it answer neither"
            }
            return notice
        }
    }

    /// Gives replies the numbers of their requests.
    /// - Returns: what the user should know of them.
    package func pair(_ messages: [StreamMessage]) -> ([StreamMessage], notice: String?) {
        let keys = messages.map { $0.role == .response ? $0.payload.key(correlation.reply) : nil }
        return state.withLock { state in
            var notice: String?
            let answers = zip(messages, keys).map { message, key in
                var message = message
                (message.answers, message.place) = (nil, nil)
                guard let key else { return message }
                let owner = state.owners[key]
                if owner == nil, !state.isStrangerTold {
                    state.isStrangerTold = true
                    notice =
                        "reply \(message.number) has a \(correlation.reply) that no known request has: it answers none"
                }
                message.answers = owner.flatMap { $0.isShared ? nil : $0.number }
                return message
            }
            state.answers.observe(.received(answers))
            return (answers, notice)
        }
    }

    /// An outcome with the requests that are answered: who carries the call does not know of them.
    func completed(_ outcome: CallOutcome) -> CallOutcome {
        var outcome = outcome
        let answered = answered.count
        outcome.delivery.settle(answered: answered)
        outcome.error?.delivery.settle(answered: answered)
        return outcome
    }
}

extension ReplyKeys.State {
    /// - Returns: the number of another request that has the key.
    fileprivate mutating func remember(_ key: String, _ number: Int) -> Int? {
        if let owner = owners[key] {
            guard owner.number != number else { return nil }
            owners[key]?.isShared = true
            return owner.number
        }
        owners[key] = ReplyKeys.Owner(number: number)
        order.append((key, number))
        bytes += key.utf8.count
        while order.count > ReplyKeys.limit || bytes > ReplyKeys.byteLimit, let oldest = order.popFirst() {
            owners[oldest.key] = nil
            bytes -= oldest.key.utf8.count
        }
        return nil
    }
}

extension Delivery {
    /// Takes over how many requests are answered: those are none of the others.
    package mutating func settle(answered count: Int) {
        answered = max(answered, count)
        likely = max(likely, answered)
        unprocessed = max(0, min(unprocessed, sent - answered))
        refused = max(0, min(refused, sent - answered - unprocessed))
    }
}

extension Payload {
    /// The text of one field; `nil` where the message is without it.
    package func text(ofField path: String) -> String? {
        message.withUnsafeBytes { codec.text(ofField: path, in: $0, as: encoding) }
    }

    /// What one field says of the pair; `nil` where it is not set, or empty.
    fileprivate func key(_ path: String) -> String? {
        text(ofField: path).flatMap { $0.isEmpty ? nil : $0 }
    }
}
