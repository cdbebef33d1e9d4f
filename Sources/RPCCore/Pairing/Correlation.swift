import DequeModule
import Synchronization

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
            return await next(call, CorrelatingObserver(observer, correlation))
        }
        let offer = CorrelationOffer(call.method)
        guard offer.isPossible else { return await next(call, observer) }
        return await next(call, OfferingObserver(observer, offer))
    }
}

/// Puts the number of its request into each reply that has one. The order of replies says nothing then.
private final class CorrelatingObserver: CallObserver {
    /// How many requests are remembered, the newest.
    private static let limit = 65_536

    private struct State {
        var numbers: [String: Int] = [:]
        var order: Deque<String> = []
        var hasTold = false
    }

    private let observer: any CallObserver
    private let correlation: Correlation
    private let state = Mutex(State())

    init(_ observer: any CallObserver, _ correlation: Correlation) {
        (self.observer, self.correlation) = (observer, correlation)
    }

    func observe(_ event: CallEvent) async {
        switch event {
        case .sent(let messages):
            remember(messages)
            await observer.observe(event)
        case .received(let messages):
            let (answers, isAlone) = answered(messages)
            if isAlone {
                await observer.observe(
                    .notice("a reply has no request whose \(correlation.request) is its \(correlation.reply)"))
            }
            await observer.observe(.received(answers))
        case .paired: break
        default: await observer.observe(event)
        }
    }

    private func remember(_ messages: [StreamMessage]) {
        state.withLock { state in
            for message in messages {
                guard let key = message.payload.text(ofField: correlation.request) else { continue }
                if state.numbers.updateValue(message.number, forKey: key) == nil { state.order.append(key) }
                if state.order.count > Self.limit { state.numbers[state.order.removeFirst()] = nil }
            }
        }
    }

    /// The messages with the numbers of their requests, and whether one is the first that has none.
    private func answered(_ messages: [StreamMessage]) -> ([StreamMessage], isAlone: Bool) {
        state.withLock { state in
            var isAlone = false
            let answers = messages.map { message in
                guard message.role == .response else { return message }
                var message = message
                let number = message.payload.text(ofField: correlation.reply).flatMap { state.numbers[$0] }
                (message.answers, message.place) = (number, nil)
                if number == nil, !state.hasTold { (isAlone, state.hasTold) = (true, true) }
                return message
            }
            return (answers, isAlone)
        }
    }
}

/// Looks at the first messages of a stream for a field by which replies could be given to requests.
struct CorrelationOffer {
    /// How many replies are looked at, and how many requests at most.
    static let replyLimit = 16
    static let requestLimit = 256

    /// Fields of both directions that have one name and hold texts or whole numbers.
    private let names: [String]
    private var requests: [Payload] = []
    private var replies: [Payload] = []

    init(_ method: MethodSchema) {
        let (input, output) = (Self.keys(method.input), Self.keys(method.output))
        names = input.filter { output.contains($0) }
    }

    var isPossible: Bool { !names.isEmpty }

    private static func keys(_ codec: any MessageCodec) -> [String] {
        guard let shape = codec.shape, shape.wellKnown == nil else { return [] }
        return (0..<min(shape.count, 1_000)).compactMap { index in
            let field = shape.field(index)
            guard case .scalar(let type) = field.value, field.presence != .repeated, field.presence != .map else {
                return nil
            }
            switch type {
            case .double, .float, .bool, .bytes: return nil
            default: return field.name
            }
        }
    }

    mutating func send(_ messages: [StreamMessage]) {
        requests += messages.prefix(Self.requestLimit - requests.count).map(\.payload)
    }

    /// - Returns: whether enough has come.
    mutating func receive(_ messages: [StreamMessage]) -> Bool {
        replies += messages.prefix(Self.replyLimit - replies.count).filter { $0.role == .response }.map(\.payload)
        return replies.count >= Self.replyLimit
    }

    /// What the fields have found.
    var correlation: Correlation? {
        let name = names.first { name in
            let sent = Set(requests.compactMap { $0.text(ofField: name) })
            let answered = replies.map { $0.text(ofField: name) }
            return Set(answered).count > 1 && answered.allSatisfy { $0.map { sent.contains($0) } ?? false }
        }
        return name.map { Correlation(request: $0, reply: $0) }
    }
}

private final class OfferingObserver: CallObserver {
    private let observer: any CallObserver
    /// `nil` once it is known.
    private let offer: Mutex<CorrelationOffer?>

    init(_ observer: any CallObserver, _ offer: CorrelationOffer) {
        self.observer = observer
        self.offer = Mutex(offer)
    }

    func observe(_ event: CallEvent) async {
        switch event {
        case .sent(let messages): offer.withLock { $0?.send(messages) }
        case .received(let messages):
            let found = offer.withLock { offer -> Correlation? in
                guard offer?.receive(messages) == true else { return nil }
                defer { offer = nil }
                return offer?.correlation
            }
            if let found {
                await observer.observe(
                    .notice(
                        "the replies seem to say which requests they answer; in the plan, 'correlate: {request: \(found.request), reply: \(found.reply)}' takes them at their word"
                    ))
            }
        default: break
        }
        await observer.observe(event)
    }
}

extension Payload {
    /// The text of one field; `nil` where the message is without it.
    package func text(ofField path: String) -> String? {
        message.withUnsafeBytes { codec.text(ofField: path, in: $0, as: encoding) }
    }
}
