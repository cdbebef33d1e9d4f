import Synchronization

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

/// Offers the fields once they have matched, and passes everything on.
final class OfferingObserver: CallObserver {
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
